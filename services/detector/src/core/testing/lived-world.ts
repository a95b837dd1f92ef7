/**
 * A world in which everything that the profile stage looks for comes about: a registry with each kind of entry, and
 * lives of agents under it, drawn from a seed. Two quiet weeks and more of habits, and then calls in which any field is
 * another one, with what takes several calls to be seen (`lived-episodes.ts`) in between. Test code.
 */
import type { AuditEvent } from '@waywarden/schemas';
import { episodes } from './lived-episodes.ts';
import { at, type Call, type Random, toEvents } from './lived-events.ts';
import { seeded } from './seeded.ts';

export const REGISTRY = {
  version: 1,
  agents: [
    {
      uid: 'reporter',
      class: 'assistive',
      grants: ['read:*', 'send:internal'],
      profile: { tools: ['office/list_*', 'mail/draft'], sensitivity_max: 'confidential' },
      workflows: ['reports'],
      monitoring: { heartbeat_s: 3600 },
    },
    {
      uid: 'clerk',
      class: 'semi_autonomous',
      grants: ['read:*', 'update:internal', 'send:external', 'pay:*', 'grant:admin'],
      workflows: ['refunds'],
    },
    {
      uid: 'runner',
      class: 'autonomous',
      grants: ['read:*', 'execute:*'],
      profile: { schedule: ['Mon-Sun 08:00-18:00 UTC'] },
      risk_review: { by: 'ada', at: '2026-01-01', expires: '2026-02-01' },
    },
    { uid: 'nightly', class: 'scheduled_job', grants: ['read:*'], state: 'suspended' },
    { uid: 'unplaced' },
  ],
  principals: [{ uid: 'bea', grants: ['read:internal'] }],
  workflows: [
    { name: 'reports', envelope: { capabilities: ['read:*'], volume: { calls: 40 } } },
    {
      name: 'refunds',
      envelope: {
        destinations: ['shop.example'],
        sensitivity_max: 'internal',
        provenance: { to: ['trusted', 'requested'] },
      },
    },
  ],
  scope_map: { office: ['read:*'], mail: ['send:external', 'send:internal'], bank: ['pay:*'] },
  decoys: [{ tool: { server: 'vault', name: 'all_passwords' } }, { resource_id: 'decoy-record' }],
};

export const POLICY = {
  version: 1,
  combinations: [
    {
      id: 'read-and-send',
      severity: 'high',
      steps: [
        { id: 'read', any: ['read:secret'] },
        { id: 'send', any: ['send:external'] },
      ],
    },
  ],
};

const AGENTS = ['reporter', 'clerk', 'runner'] as const;
const QUIET_DAYS = 32;
const DAYS = 46;
const CALLS_A_DAY = 6;

/** A call as the agent makes every day. */
export function usual(uid: string, day: number, n: number): Call {
  return {
    at: at(day, 9 + n, 7 * n),
    uid,
    effect: n % 3 === 2 ? (uid === 'runner' ? 'send' : 'update') : 'read',
    tool: { name: `list_${n % 3}`, server: 'office', definition_hash: `d-${n % 3}` },
    task: { id: `task-${uid}-${day}`, workflow: uid === 'clerk' ? 'refunds' : 'reports' },
    chain_id: `chain-${uid}-${day}`,
    target: {
      system: 'crm',
      resource_type: 'order',
      resource_id: `o-${n}`,
      sensitivity: 'internal',
      environment: 'staging',
    },
    capabilities: [
      { symbol: n % 3 === 2 ? 'update:internal' : 'read:internal', basis: 'catalogue' },
    ],
    scopes: ['office', 'mail'],
    principal: { uid: 'bea', type: 'human' },
    conversation_turn: day,
    credential: { uid: `token-${uid}-${day}`, fp: `fp-${uid}-${day}` },
    model: { provider: 'lumen', name: 'lumen-4', tokens_in: 400 + n, tokens_out: 50 },
    src: { ip: '10.1.2.3', user_agent: 'client/1.2' },
    approval: {
      mode: 'human',
      by: 'ada',
      latency_ms: 30_000 + 1000 * day + n,
      uid: `a-${uid}-${day}-${n}`,
    },
    args: {
      hash: `h-${n}`,
      features: { records: 5 + n, destination_domain: 'shop.example' },
      items: [{ path: 'to', class: 'atom', tokens: ['shop'], ids: [`id-${n}`], id_like: true }],
    },
    result: { size: 900 + n, trust: 'trusted', field_ids: [`f-${n}`, `f-${n + 1}`] },
  };
}

const pick = <T>(random: Random, all: readonly [T, ...T[]]): T =>
  all[Math.floor(random() * all.length)] ?? all[0];

/** Some of them, each at most once. */
const some = <T>(random: Random, all: readonly T[]) => all.filter(() => random() < 0.5);

const SYMBOLS = [
  'read:secret',
  'send:external',
  'pay:transfer',
  'delete:data',
  'create:credential',
];
const PASSAGES = [
  {
    actions: ['send', 'pay'],
    mark: 0.98,
    tokens: ['eve', 'iban'],
    ids: ['id-eve', 'id-7'],
  },
  { actions: ['delete'], tokens: ['all', 'mail'], ids: [] },
];

/** Each of these changes a part of a call, as nobody expects it. */
const TURNS: readonly ((random: Random, n: number) => Partial<Call>)[] = [
  (random, n) => ({
    tool: { name: `new_${n % 50}`, server: pick(random, ['office', 'vault', 'x']) },
  }),
  (random) => ({
    tool: { name: 'list_1', server: 'office', definition_hash: `other-${pick(random, [1, 2, 3])}` },
  }),
  (random) => ({ tool: { name: pick(random, ['all_passwords', 'zzqx']), server: 'vault' } }),
  (random) => ({ effect: pick(random, ['send', 'pay', 'delete', 'grant', 'execute', 'unknown']) }),
  (random) => ({
    capabilities: some(random, SYMBOLS).map((symbol) => ({ symbol, basis: 'catalogue' as const })),
  }),
  (random, n) => ({
    target: {
      system: pick(random, ['crm', 'bank', 'mail']),
      resource_type: pick(random, [`type-${n % 40}`, 'access_record', 'draft', 'prompt']),
      resource_id: pick(random, [`r-${n}`, 'decoy-record', 'model/lumen-5', 'release/2']),
      sensitivity: pick(random, ['restricted', 'secret', 'public', 'unknown']),
      environment: pick(random, ['production', 'staging', `env-${n % 9}`]),
      owner_uid: pick(random, ['bea', 'cem']),
    },
  }),
  (random) => ({ scopes: some(random, ['office', 'mail', 'bank', 'unmapped']) }),
  (random, n) => ({
    credential: {
      uid: pick(random, ['token-clerk-30', `token-${n}`]),
      fp: `fp-${n % 7}`,
      issued_at: at(n % 30, 1),
      ...(random() < 0.5 ? { expires_at: at(n % 60, 2) } : {}),
    },
  }),
  (random, n) => ({
    src: {
      ip: pick(random, [`203.0.${n % 200}.7`, '10.1.9.9', '2001:db8::1']),
      user_agent: pick(random, [`tool-${n % 5}/1`, 'client/1.3']),
    },
  }),
  (random, n) => ({
    approval: {
      mode: pick(random, ['none', 'auto', 'policy', 'human', 'bypassed']),
      by: pick(random, ['ada', `person-${n % 20}`, 'clerk']),
      args_hash: `h-${n % 4}`,
      ...(random() < 0.5 ? { uid: 'a-clerk-20-2' } : {}),
    },
  }),
  () => ({ approval: undefined, principal: undefined, conversation_turn: undefined }),
  (random, n) => ({
    outcome: pick(random, ['denied', 'tool_error', 'success', 'unknown']),
    call_uid: `c-${n % 8}`,
  }),
  (random) => ({
    activity: pick(random, [
      ...(['model_call', 'delegation', 'agent_invoke', 'memory_op', 'resource_read'] as const),
      ...([
        'prompt_get',
        'config_change',
        'heartbeat',
        'approval',
        'task_start',
        'task_end',
      ] as const),
    ]),
  }),
  (random, n) => ({
    task: {
      id: pick(random, [`t-${n}`, 'task-clerk-31']),
      workflow: pick(random, ['reports', 'refunds', 'none']),
      deadline: at(n % 50, 3),
      purpose: {
        terms: ['pay', 'mail'],
        tokens: ['iban', 'eve'],
        values: ['v1', 'v2'],
        delegates: random() < 0.3,
      },
    },
  }),
  (random, n) => ({
    args: {
      hash: `h-${n % 9}`,
      features: {
        records: Math.floor(5000 * random()),
        destination_domain: pick(random, [`d${n % 60}.example`, 'shop.example']),
        ...(random() < 0.2 ? { dry_run: true } : {}),
      },
      items: [
        {
          path: 'to',
          class: 'atom',
          tokens: ['eve', 'iban'],
          ids: ['id-eve', 'id-7'],
          id_like: true,
        },
        { path: 'body', class: 'text', tokens: ['all', 'mail', `w${n}`] },
      ],
      values: [
        { fp: `v-${n % 5}`, kind: 'iban', path: 'to' },
        { fp: 'v-9', kind: 'email', path: 'cc' },
      ],
    },
  }),
  (random, n) => ({
    result: {
      size: Math.floor(5_000_000 * random()),
      trust: pick(random, ['untrusted', 'unknown', 'trusted']),
      passages: some(random, PASSAGES),
      free_text_ids: ['id-eve', 'id-7', `id-${n}`],
      field_ids: [`f-${n}`, 'f-0'],
      values: [
        { fp: `fp-${n % 7}`, kind: 'secret' },
        { fp: `s-${n}`, kind: 'token' },
        { fp: 'v-9', kind: 'email' },
      ],
    },
  }),
  (random, n) => ({
    model: {
      provider: pick(random, ['lumen', 'other']),
      name: `m-${n % 4}`,
      tokens_in: 90_000 * random(),
    },
    version: pick(random, ['2.0', '3.1']),
    framework: pick(random, ['f1', 'f2']),
  }),
  (random) => ({
    assurance: pick(random, ['asserted', 'unresolved', 'attested']),
    isAsserted: true,
  }),
  (random) => ({ quality: pick(random, ['coarse', 'synthetic', 'measured']) }),
  () => ({ phase: 'requested' }),
];

/** One call in which some of all is otherwise; more of it at some calls than at others. */
export function wild(random: Random, call: Call, n: number): Call {
  const share = random() ** 2;
  let turned = call;
  for (const turn of TURNS) if (random() < share) turned = { ...turned, ...turn(random, n) };
  return turned;
}

/** What agents do from the first day to the last, in the order of its times. */
export function livedEvents(seed: number): readonly AuditEvent[] {
  const random = seeded(seed);
  const calls: Call[] = [];
  for (let day = 0; day < DAYS; day += 1) {
    for (const uid of AGENTS) {
      for (let n = 0; n < CALLS_A_DAY; n += 1) {
        const call = usual(uid, day, n);
        calls.push(day < QUIET_DAYS ? call : wild(random, call, calls.length));
      }
    }
  }
  calls.push(...episodes(random, usual));
  return toEvents(calls);
}
