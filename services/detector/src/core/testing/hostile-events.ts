/** Calls of one agent in which every value is one that never was: what somebody makes up who would fill a state. Test code. */
import type { AuditEvent } from '@waywarden/schemas';
import { at, type Call, toEvents } from './lived-events.ts';

const A_DAY = 4;
const ACTIVITIES = [
  'tool_call',
  'model_call',
  'delegation',
  'prompt_get',
  'config_change',
  'approval',
];
const OUTCOMES = ['success', 'success', 'denied', 'success', 'tool_error', 'success'] as const;

function made(n: number): Call {
  const day = Math.floor(n / A_DAY);
  // Names are of one length.
  const of = (what: string) => `${what}-${10_000 + n}`;
  const ids = Array.from({ length: 8 }, (_, one) => `${of('id')}-${one}`);
  return {
    at: at(day, 9 + (n % A_DAY), n % 60),
    uid: 'clerk',
    version: of('version'),
    framework: of('framework'),
    activity: n % 2 === 0 ? (ACTIVITIES[(n / 2) % ACTIVITIES.length] ?? 'tool_call') : 'tool_call',
    effect: (['read', 'send', 'delete', 'pay', 'update'] as const)[n % 5] ?? 'read',
    tool: {
      name: n % 2 === 0 ? of('tool') : 'list',
      server: 'office',
      definition_hash: of('definition'),
    },
    task: {
      id: of('task'),
      workflow: n % 2 === 0 ? 'refunds' : of('workflow'),
      deadline: at(day, 10),
      purpose: { terms: [of('term')], tokens: ids, values: ids, delegates: false },
    },
    chain_id: of('chain'),
    call_uid: of('call'),
    target: {
      system: of('system'),
      resource_type: n % 7 === 0 ? 'prompt' : of('type'),
      resource_id: n % 5 === 0 ? of('network/') : of('record'),
      environment: of('environment'),
      sensitivity: 'restricted',
      owner_uid: of('owner'),
    },
    capabilities: [{ symbol: `read:${of('kind')}`, basis: 'catalogue' }],
    scopes: [of('scope')],
    principal: { uid: of('person'), type: n % 2 === 0 ? 'human' : 'service' },
    conversation_turn: n,
    credential: { uid: of('token'), fp: of('fp'), task_id: of('task') },
    model: { provider: of('provider'), name: of('model'), tokens_in: 1e9 * n, tokens_out: n },
    src: { ip: `${1 + (n % 200)}.${n % 251}.${n % 7}.9`, user_agent: of('client') },
    approval: {
      mode: 'human',
      by: of('person'),
      uid: of('decision'),
      args_hash: of('hash'),
      latency_ms: n,
    },
    delegation: { parent_agent_uid: of('agent'), root_agent_uid: of('agent') },
    args: {
      hash: of('hash'),
      features: { records: 1000 * n, destination_domain: `${of('domain')}.example` },
      items: [{ path: 'to', class: 'atom', tokens: ids, ids, id_like: true }],
      values: ids.map((fp) => ({ fp, kind: 'iban' })),
    },
    result: {
      size: 1e9 * n,
      trust: 'untrusted',
      passages: [{ actions: ['send'], mark: 0.9, tokens: ids, ids }],
      free_text_ids: ids,
      field_ids: ids,
      values: [{ fp: of('secret'), kind: 'secret' }],
    },
    outcome: OUTCOMES[(n >> 2) % OUTCOMES.length] ?? 'success',
  };
}

/** From the `from`th on, before the `until`th: four a day. */
export function hostileEvents(from: number, until: number): readonly AuditEvent[] {
  const calls = Array.from({ length: until - from }, (_, n) => made(from + n));
  return toEvents(calls, from);
}

/** The most characters of state that there ever were, asked for at times while these are seen. */
export function mostStored(
  see: (event: AuditEvent) => void,
  size: () => number,
  [from, until]: readonly [from: number, until: number],
): number {
  let most = 0;
  for (const [n, one] of hostileEvents(from, until).entries()) {
    see(one);
    if (n % 50 === 49) most = Math.max(most, size());
  }
  return most;
}
