// Builds one event, with just those fields that the agent's source reports.

import { iso } from './clock.ts';
import { argsOf, type Context } from './context.ts';
import { credentialOf } from './credentials.ts';
import { address } from './network.ts';
import { hashHex, hashUnit, type Rng } from './rng.ts';
import { outsideText } from './texts.ts';
import { toolId } from './tools.ts';
import type { Agent, InputEvent, Person, Rec, Source, Tool } from './types.ts';

export interface Run {
  id: string;
  t: number;
  uid: string;
  workflow: string;
  request?: string;
  person?: Person;
  conversation?: string;
  turn?: number;
  instance: string;
  trace: string;
  delegation?: InputEvent['delegation'];
  /** Nobody is there although the class would have somebody. */
  alone?: boolean;
}

export interface Call {
  t: number;
  tool: Tool;
  context: Context;
  approval?: InputEvent['approval'];
  outcome?: string;
  args?: Record<string, unknown>;
  target?: string;
  text?: string;
  records?: number;
  tokens?: number;
  sensitivity?: string;
  attack?: boolean;
}

const models: Record<string, string> = {
  halo: 'halcyon',
  orca: 'orca-ai',
  lumen: 'lumen',
  zephyr: 'zephyr-labs',
};

export function providerOf(model: string): string {
  return models[model.split('-')[0] ?? ''] ?? 'unknown';
}

export function stateAt(
  agent: Agent,
  t: number,
): { version: string; model?: string; tools: string } {
  let version = '1.0.0';
  let model = agent.models[0];
  let tools = '0';
  for (const c of agent.changes) {
    if (c.t > t) break;
    if (c.what === 'release') version = c.value;
    if (c.what === 'model') model = c.value;
    if (c.what === 'tool') tools = c.value;
  }
  return { version, tools, ...(model === undefined ? {} : { model }) };
}

export function definitionHash(agent: Agent, t: Tool, version: string, when: number): string {
  const served = agent.served.filter((s) => s.server === t.server && s.t <= when).length;
  return hashHex(`${toolId(t)}/${version}/${served}`);
}

export function clientOf(agent: Agent, instance: string, version: string): string {
  const lag = hashUnit(`${instance}/${agent.uid}`) < 0.25 ? '0.27.2' : '0.28.1';
  return agent.framework === 'script'
    ? `acme-job/${version}`
    : `${agent.framework}/${version} http/${lag}`;
}

function sharedPart(
  agent: Agent,
  run: Run,
  t: number,
  rng: Rng,
  source: Source,
): Partial<InputEvent> {
  const has = source.has;
  const state = stateAt(agent, t);
  const p = run.person;
  const human =
    agent.job.cls === 'human_triggered' || agent.job.cls === 'assistive' || p !== undefined;
  return {
    agent: {
      uid: run.uid,
      ...(has.has('version') ? { version: state.version, framework: agent.framework } : {}),
      ...(agent.instances.length > 1 || !agent.mute ? { instance_uid: run.instance } : {}),
    },
    ...(p && !run.alone
      ? { principal: { uid: p.uid, type: 'human' } }
      : human
        ? {}
        : { principal: { uid: `svc-${agent.job.team}`, type: 'service' } }),
    credential: credentialOf(agent, t, run, p),
    ...(run.delegation ? { delegation: run.delegation } : {}),
    ...(run.conversation && has.has('request')
      ? { conversation_id: run.conversation, conversation_turn: run.turn ?? 1 }
      : {}),
    task: {
      id: run.id,
      workflow: run.workflow,
      ...(run.request && has.has('request') ? { request: run.request } : {}),
    },
    trace_id: run.trace,
    ...(has.has('net')
      ? {
          src: {
            ip: address(agent, run.alone ? undefined : p, t, rng),
            user_agent: clientOf(agent, run.instance, state.version),
          },
        }
      : {}),
  };
}

function resultOf(
  agent: Agent,
  call: Call,
  rng: Rng,
  source: Source,
): [InputEvent['result'], number] {
  const { tool: t, context: c } = call;
  const records =
    call.records ??
    (t.records === 0
      ? 0
      : Math.min(2500, Math.max(0, Math.round(rng.logn(t.records * agent.recordScale, 0.8)))));
  if (call.outcome && call.outcome !== 'success') return [{ is_error: true }, 0];
  if (t.text || call.text) {
    const text = call.text ?? outsideText(rng, t.text ?? 'doc', c);
    const value = t.text === 'ticket' || t.text === 'mail' ? { from: c.mail, text } : { text };
    return [{ value }, records];
  }
  if (t.arg === 'vendor')
    return [{ value: { vendor_id: c.vendor, name: c.domain, iban: c.iban } }, 1];
  const has = source.has;
  const features = has.has('records') && t.records > 0 ? { records } : undefined;
  const each = t.records > 0 ? Math.max(1, records) * 180 : 240;
  const size = has.has('bytes') ? { size: Math.round(rng.logn(each, 0.5)) } : {};
  if (!features && !has.has('bytes')) return [undefined, records];
  return [{ ...size, ...(features ? { features } : {}) }, records];
}

export function makeCall(agent: Agent, run: Run, call: Call, rng: Rng): Rec {
  const { tool: t } = call;
  const source = agent.source;
  const has = source.has;
  const [args, target] = argsOf(t, call.context, rng, agent);
  const [result, records] = resultOf(agent, call, rng, source);
  const state = stateAt(agent, call.t);
  const model = state.model;
  const drawn = Math.round(rng.logn(2600 * agent.tokenScale, 0.9));
  const tokens = model === undefined ? 0 : (call.tokens ?? Math.min(60_000, drawn));
  const sens = call.sensitivity ?? t.sens;
  const coarse = has.has('coarse');
  const time = coarse ? Math.floor(call.t / 1000) * 1000 : call.t;
  const e: InputEvent = {
    native_id: `c-${rng.hex(14)}`,
    event_time: iso(time),
    ...(coarse ? { event_time_quality: 'coarse' } : {}),
    activity: 'tool_call',
    phase: 'completed',
    ...(has.has('duration') ? { duration_ms: Math.round(rng.logn(t.text ? 700 : 220, 0.8)) } : {}),
    source: { kind: source.kind, instance: source.instance },
    ...(sharedPart(agent, run, call.t, rng, source) as Pick<InputEvent, 'agent'>),
    span_id: rng.hex(16),
    tool: {
      name: t.name,
      server: t.server,
      type: 'mcp',
      ...(has.has('defs')
        ? { definition_hash: definitionHash(agent, t, state.tools, call.t) }
        : {}),
    },
    target: {
      system: t.system,
      resource_type: t.kind,
      resource_id: call.target ?? target,
      sensitivity: sens,
      environment: 'prod',
    },
    args: { value: call.args ?? args },
    ...(result ? { result } : {}),
    outcome: call.outcome ?? 'success',
    ...(call.outcome === 'tool_error'
      ? { error: { type: rng.pick(['timeout', 'http_503', 'rate_limited']) } }
      : {}),
    ...(call.approval && has.has('approvals') ? { approval: call.approval } : {}),
  };
  if (model !== undefined && has.has('model'))
    e.model = {
      provider: providerOf(model),
      name: model,
      ...(has.has('tokens')
        ? { tokens_in: tokens, tokens_out: Math.round(tokens * rng.range(0.05, 0.3)) }
        : {}),
    };
  return record(agent, source, call, e, records, tokens, run);
}

function record(
  agent: Agent,
  source: Source,
  call: Call,
  e: InputEvent,
  records: number,
  tokens: number,
  run: Run,
): Rec {
  return {
    t: call.t,
    arrives: call.t,
    agent: agent.index,
    source,
    role: 'call',
    eff: call.tool.eff,
    records,
    tokens,
    attack: call.attack ?? false,
    attended: run.person !== undefined && !run.alone,
    e,
  };
}
