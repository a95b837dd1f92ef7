/** What ingest says of a source to the source itself, and what `waywarden doctor` makes of it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningIngest, SourceSeen } from '@waywarden/ingest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runWaywarden } from '../support/run-command.ts';
import { TelemetryWorld, toolSpan, traces } from './telemetry-world.ts';

const PATIENCE_MS = 60_000;
const SECRET = 'the clear body of the mail';

let world: TelemetryWorld;
let ingest: RunningIngest;

beforeEach(async () => {
  world = new TelemetryWorld();
  await world.open();
  ingest = await world.start({ join: { quietMs: 100, waitMsMax: 500 } });
});

afterEach(() => world.close());

const post = (body: string, token = world.token, type = 'application/json') =>
  fetch(`${ingest.url}/v1/traces`, {
    method: 'POST',
    body,
    headers: { authorization: `Bearer ${token}`, 'content-type': type },
  });

async function seenBy(token: string): Promise<SourceSeen> {
  const response = await fetch(`${ingest.url}/v1/sources/seen`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(response.status).toBe(200);
  return (await response.json()) as SourceSeen;
}

function doctor(token: string, ...flags: readonly string[]) {
  const file = join(world.folder, 'token');
  writeFileSync(file, token);
  return runWaywarden('doctor', '--url', ingest.url, '--token-file', file, '--for', '1s', ...flags);
}

describe('what a source is told of itself', () => {
  it('is what it sent, in counts and names, without content', async () => {
    await post(traces(toolSpan({ args: JSON.stringify({ body: SECRET }) })));
    await ingest.concludeCalls();
    const seen = await seenBy(world.token);
    expect(seen).toMatchObject({ source: 'otel/laptop', requests: 1, calls: 1 });
    expect(seen).toMatchObject({ agents: ['mailer'], tools: ['send_email'] });
    expect(seen.with).toMatchObject({ arguments: 1, results: 0, session: 1 });
    expect(seen.by_convention['otel-genai']?.calls).toBe(1);
    expect(JSON.stringify(seen)).not.toContain(SECRET);
  });

  it('is nothing of what another source sent, and nobody is told without a token', async () => {
    await post(traces(toolSpan()));
    await ingest.concludeCalls();
    const token = world.grant('two', 'server');
    ingest.reloadTokens();
    const other = await seenBy(token);
    expect(other).toMatchObject({ source: 'otel/server', requests: 0, calls: 0, agents: [] });
    expect((await fetch(`${ingest.url}/v1/sources/seen`)).status).toBe(401);
  });

  it('names why a body was refused, once', async () => {
    expect((await post('{broken')).status).toBe(400);
    expect((await post('x', world.token, 'text/plain')).status).toBe(415);
    const { refused, last_problem: problem } = await seenBy(world.token);
    expect(refused).toEqual({ bodies: 2, records: 0 });
    expect(problem?.detail).toContain('unsupported_media_type');
  });
});

describe('waywarden doctor', () => {
  it(
    'says what is off and which detections are not evaluable without, and ends with 1',
    async () => {
      await post(traces(toolSpan()));
      await ingest.concludeCalls();
      const { code, stdout } = await doctor(world.token);
      expect(stdout).toMatch(/agents +mailer/);
      expect(stdout).toMatch(/results +none/);
      expect(stdout).toMatch(/Not evaluable:[\s\S]*hijack_suspected.*without results/);
      expect(stdout).toContain('OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT');
      expect(code).toBe(1);
    },
    PATIENCE_MS,
  );

  it(
    'says what to check where nothing came, and ends with 2',
    async () => {
      const { code, stdout } = await doctor(world.token);
      expect(stdout).toMatch(/Nothing arrived from otel\/laptop/);
      expect(code).toBe(2);
      const refused = await doctor('wwi_nobody-knows-this-token');
      expect(refused.stderr).toContain('does not know this token');
      expect(refused.code).toBe(2);
    },
    PATIENCE_MS,
  );
});

describe('waywarden connect', () => {
  it(
    'fills in address and token, and offers near names for one that it does not know',
    async () => {
      const file = join(world.folder, 'token');
      writeFileSync(file, world.token);
      const at = ['--url', ingest.url, '--token-file', file];
      const part = await runWaywarden('connect', 'claude-code', ...at, '--part', 'settings');
      expect(JSON.parse(part.stdout).env).toMatchObject({
        OTEL_EXPORTER_OTLP_ENDPOINT: ingest.url,
        OTEL_EXPORTER_OTLP_HEADERS: `Authorization=Bearer ${world.token}`,
      });
      const unknown = await runWaywarden('connect', 'claud-code', ...at);
      expect(unknown.stderr).toContain('Did you mean claude-code');
      expect(unknown.code).toBe(2);
    },
    PATIENCE_MS,
  );
});
