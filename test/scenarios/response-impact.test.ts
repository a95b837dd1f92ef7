/**
 * The response impact ledger over a real store: what rules cost people is counted from records, by rule, agent,
 * owner, class and day, once each, and what turned out wrong is counted as wrong.
 */
import { randomUUID } from 'node:crypto';
import { registrySchema } from '@waywarden/schemas';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ResponseImpact,
  responseImpactOf,
} from '../../services/waywarden/src/api/response-impact-route.ts';
import type { LedgerKey } from '../../services/waywarden/src/response-impact/ledger.ts';
import { type DemoStore, openDemoStore } from '../dashboards/demo-store.ts';

const TENANT = 'acme';
const LONG_MS = 180_000;
const REGISTRY = registrySchema.parse({
  version: 1,
  agents: [
    { uid: 'agent/a', class: 'autonomous', owner: { person: 'ana' } },
    { uid: 'agent/b', class: 'assistive', owner: { team: 'support' } },
  ],
});
const time = (day: number, hour = 9) => `2026-11-${day} ${String(hour).padStart(2, '0')}:00:00`;

let store: DemoStore;

async function insert(table: string, rows: readonly object[]): Promise<void> {
  const placed = { tenant_id: TENANT, stored_at: time(26) };
  const values = rows.map((row, at) => ({ ...placed, log_offset: at, ...row }));
  await store.empty.insert({ table, values, format: 'JSONEachRow' });
}

interface Ordered {
  readonly id: string;
  readonly rule: string;
  readonly agent: string;
  readonly action: string;
  readonly at: string;
  readonly task?: string;
  readonly restores?: string;
}

const command = ({ id, agent, action, at, task, restores }: Ordered) => ({
  ...{ command_id: id, agent_uid: agent, action, issued_at: at, restores: restores ?? '' },
  ...{ expires_at: time(26, 23), target_level: task === undefined ? 'agent' : 'task' },
  target: JSON.stringify(task === undefined ? {} : { task_id: task }),
});
const decision = (
  one: Partial<Ordered> & { withheld?: string; mode?: string; alert?: string },
) => ({
  ...{ decision_id: randomUUID(), agent_uid: one.agent, rule_id: one.rule, action: one.action },
  ...{ decided_at: one.at, mode: one.mode ?? 'enforce', withheld_reason: one.withheld ?? '' },
  issued_command_ids: one.id === undefined ? [] : [one.id],
  alert_ids: [one.alert ?? randomUUID()],
});
const found = (verdict: string, at: string) => ({
  ...decision({ rule: 'operator/verdict', agent: 'ana', at, alert: ALERT }),
  raw: JSON.stringify({ act: { verdict } }),
});
const call = (agent: string, at: string, over: object, raw: object = {}) => ({
  ...{ agent_uid: agent, event_time: at, event_id: randomUUID(), outcome: 'success' },
  ...{ phase: 'completed', raw: JSON.stringify(raw), ...over },
});
const denied = (agent: string, at: string, task: string, ground: string) =>
  call(agent, at, { outcome: 'denied', task_id: task }, { policy: { id: ground } });
const approval = (
  agent: string,
  at: string,
  task: string,
  latency_ms: number,
  outcome = 'success',
) =>
  call(agent, at, { approval_mode: 'human', task_id: task, outcome }, { approval: { latency_ms } });

const ASKED = randomUUID();
const WRONG = randomUUID();
const RIGHT = randomUUID();
const ALERT = randomUUID();

async function fill(): Promise<void> {
  const orders: readonly Ordered[] = [
    {
      id: ASKED,
      rule: 'ask',
      agent: 'agent/b',
      action: 'require_step_up',
      at: time(24),
      task: 't1',
    },
    { id: WRONG, rule: 'cut', agent: 'agent/a', action: 'revoke_token', at: time(24), task: 't2' },
    {
      ...{ id: RIGHT, rule: 'cut/escalates/revoke_token-task', agent: 'agent/a' },
      ...{ action: 'disable_agent', at: time(25) },
    },
  ];
  // They go on: nobody is asked or stopped once more.
  const again: readonly Ordered[] = [
    {
      id: randomUUID(),
      rule: 'ask/lapses/require_step_up-task',
      agent: 'agent/b',
      action: 'require_step_up',
      at: time(25),
      task: 't1',
    },
    {
      id: randomUUID(),
      rule: 'cut/extends/2-1',
      agent: 'agent/a',
      action: 'revoke_token',
      at: time(25),
      task: 't2',
    },
    {
      id: randomUUID(),
      rule: 'cut/resumes',
      agent: 'agent/a',
      action: 'revoke_token',
      at: time(25),
      task: 't2',
    },
  ];
  const undo = { rule: 'cut', agent: 'agent/a', action: 'restore', at: time(25) };
  const probe = { id: randomUUID(), rule: 'cut/probes/revoke_token-task/1', agent: 'agent/a' };
  await insert('revocation_commands_v1', [
    ...[...orders, ...again].map(command),
    command({ ...undo, id: randomUUID(), restores: WRONG }),
    command({ ...probe, action: 'probe', at: time(25) }),
  ]);
  const inHand = {
    rule: 'cut',
    agent: 'agent/b',
    action: 'revoke_token',
    withheld: 'never_revoke',
  };
  const shadow = { rule: 'watch', agent: 'agent/b', action: 'revoke_token', mode: 'shadow' };
  await insert('decisions_v1', [
    ...[...orders, ...again].map((one) => decision(one)),
    decision({ ...probe, action: 'probe', at: time(25) }),
    // Each alert once, however many revisions were decided on.
    decision({ ...inHand, at: time(25), alert: ALERT }),
    decision({ ...inHand, at: time(25, 10), alert: ALERT }),
    decision({ ...inHand, at: time(25), withheld: 'already_contained' }),
    decision({ ...shadow, at: time(25), withheld: 'rule_in_shadow' }),
    // The last word counts.
    found('true_positive', time(25, 11)),
    found('false_positive', time(25, 12)),
  ]);
  await insert('alerts_v1', [
    { alert_id: ALERT, revision: 1, state: 'open', detected_at: time(25) },
    { alert_id: ALERT, revision: 2, state: 'withdrawn', detected_at: time(25, 11) },
  ]);
  await insert('audit_events_v1', [
    denied('agent/a', time(24, 10), 't2', WRONG),
    denied('agent/a', time(24, 11), 't2', WRONG),
    denied('agent/a', time(25, 10), 't3', RIGHT),
    // Refused by somebody else's rule: none of ours.
    denied('agent/a', time(25, 11), 't3', 'firewall-7'),
    approval('agent/b', time(24, 10), 't1', 60_000),
    approval('agent/b', time(24, 11), 't1', 120_000, 'denied'),
    // Its own workflow asks; no rule of ours did.
    approval('agent/b', time(24, 12), 't9', 3_000),
    // Too long ago.
    approval('agent/b', '2026-10-01 09:00:00', 't1', 999_000),
    call('agent/c', time(26, 20), {}),
  ]);
}

const ask = (by: LedgerKey, over: object = {}): Promise<ResponseImpact> =>
  responseImpactOf(
    {
      registry: () => REGISTRY,
      store: {
        rows: async <T>(query: string, parameters: object) => {
          const query_params = { tenant: TENANT, ...parameters };
          const result = await store.empty.query({ query, query_params, format: 'JSONEachRow' });
          return result.json<T>();
        },
      },
    },
    { by, days: 7, ...over },
  );
const keyed = ({ lines }: ResponseImpact) => new Map(lines.map((line) => [line.key, line]));

beforeAll(async () => {
  store = await openDemoStore();
  await fill();
}, LONG_MS);
afterAll(() => store.stop(), LONG_MS);

describe('the response impact ledger', () => {
  it('counts per rule what was asked, answered, taken, refused and wrong', async () => {
    const by = keyed(await ask('rule'));
    expect([...by.keys()].toSorted()).toEqual(['(no rule)', 'ask', 'cut', 'watch']);
    expect(by.get('ask')).toMatchObject({
      ...{ step_ups: 1, approved: 1, refused: 1, share_approved: 0.5 },
      ...{ waited_ms: 180_000, waited_mean_ms: 90_000, revocations: 0 },
    });
    // What followed upon its order by itself is its own; a probe takes nothing.
    expect(by.get('cut')).toMatchObject({
      ...{ step_ups: 0, revocations: 2, reverted: 1, withheld: 1, withdrawn_alerts: 1 },
      ...{ true_positives: 0, false_positives: 1, precision: 0 },
      ...{ denied_calls: 3, denied_in_error: 2, tasks_stopped: 2, share_approved: null },
    });
    expect(by.get('watch')).toMatchObject({ would_revoke: 1, withheld: 0, revocations: 0 });
    expect(by.get('(no rule)')).toMatchObject({ approved: 1, waited_ms: 3_000, step_ups: 0 });
  });

  it('has the same sums by agent, owner, class and day', async () => {
    const total = (await ask('rule')).total;
    for (const by of ['agent', 'owner', 'class', 'day'] as const) {
      expect((await ask(by)).total).toEqual(total);
    }
    expect(keyed(await ask('owner')).get('ana')).toMatchObject({ revocations: 2, step_ups: 0 });
    expect(keyed(await ask('owner')).get('support')).toMatchObject({ revocations: 0, step_ups: 1 });
    expect(keyed(await ask('class')).get('assistive')).toMatchObject({ approved: 2, refused: 1 });
    expect((await ask('day')).lines.map((line) => line.key)).toEqual(['2026-11-24', '2026-11-25']);
  });

  it('counts days back from the last record, one rule or agent where it is asked for', async () => {
    const day = await ask('rule', { days: 2 });
    expect(keyed(day).get('cut')).toMatchObject({ revocations: 1, denied_calls: 1 });
    expect((await ask('agent', { rule: 'ask' })).lines.map((line) => line.key)).toEqual([
      'agent/b',
    ]);
    expect((await ask('rule', { agent: 'agent/a' })).lines.map((line) => line.key)).toEqual([
      'cut',
    ]);
  });

  it('says it in a sentence', async () => {
    expect((await ask('rule')).sentence).toBe(
      'In the last 7 days 1 step-up and 2 revocations were ordered, 1 of them taken back since. People answered 3 times (step-ups, and approvals that agents asked for), 67 % yes, after 1 min on average (3 min in all). 3 calls in 2 tasks were refused, 2 of them by orders that were taken back. Guards withheld 1 order. Rules that only watch would have asked 0 step-ups and revoked 1. 1 alert was withdrawn. Of 1 alert with a verdict 0 were right.',
    );
  });
});
