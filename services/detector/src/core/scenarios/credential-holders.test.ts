/** What is guaranteed of a credential that many hold: whoever is strange to it is told, however late it comes. */
import {
  type Alert,
  type Assurance,
  type AuditEvent,
  policySchema,
  registrySchema,
} from '@waywarden/schemas';
import { expect, it } from 'vitest';
import { event } from '../testing/event-builder.ts';
import { MemoryPipeline } from '../testing/memory-pipeline.ts';

const registry = registrySchema.parse({
  version: 1,
  agents: [{ uid: 'planner', class: 'autonomous', grants: ['read:secret'] }],
});
const DELEGATION = { root_agent_uid: 'planner', parent_agent_uid: 'planner', depth: 1 };
const key = { uid: 'tok-1' };

function call(n: number, uid: string, over: Partial<AuditEvent> = {}): AuditEvent {
  const agent = { uid, assurance: 'authenticated' as Assurance };
  return event(n, { agent, chain_id: `chain-${uid}`, task: { id: `task-${uid}` }, ...over });
}
const uses = (n: number, uid: string, over: Partial<AuditEvent> = {}) =>
  call(n, uid, { credential: key, ...over });
const workers = (from: number, count: number) =>
  Array.from({ length: count }, (_, n) =>
    uses(from + n, `worker-${n}`, { delegation: DELEGATION }),
  );
const onDay = (day: number) => ({
  event_time: `2026-01-${String(day).padStart(2, '0')}T09:00:00.000000000Z`,
});
const services = Array.from({ length: 10 }, (_, n) => uses(n, `service-${n}`));

function told(rule: string, events: readonly AuditEvent[]): readonly Alert[] {
  const policy = policySchema.parse({ version: 1 });
  const { alerts } = new MemoryPipeline(policy, registry).sendAll(events);
  return alerts.filter((one) => one.rule_id === rule);
}

it.each([
  ['after', [...workers(1, 40), uses(50, 'mail-bot')]],
  ['before', [uses(50, 'mail-bot'), ...workers(51, 40)]],
  ['in a call that is older than those of', [...workers(51, 40), uses(50, 'mail-bot')]],
])('a stranger that comes %s forty workers of the first is told', (_, events) => {
  const alert = told('credential-shared', [uses(0, 'planner'), ...events]).at(-1);
  expect(alert).toMatchObject({ severity: 'high', subject: { agent_uid: 'mail-bot' } });
  expect(alert?.title).toBe('mail-bot calls with a credential of planner');
});

it('a worker is none to whom one handed work that is no longer kept', () => {
  const late = { root_agent_uid: 'planner', parent_agent_uid: 'worker-39', depth: 2 };
  const events = [...workers(1, 40), uses(50, 'helper', { delegation: late })];
  expect(told('credential-shared', [uses(0, 'planner'), ...events])).toEqual([]);
});

it('whom nobody proves does not hide one that is proven, however many come', () => {
  const crowd = Array.from({ length: 40 }, (_, n) =>
    uses(10 + n, `made-up-${n}`, { agent: { uid: `made-up-${n}`, assurance: 'asserted' } }),
  );
  const last = told('credential-shared', [uses(0, 'planner'), uses(1, 'mail-bot'), ...crowd]).at(
    -1,
  );
  expect(last).toMatchObject({ severity: 'high', subject: { agent_uid: 'mail-bot' }, count: 42 });
  expect(last?.summary).toContain('nobody handed it to made-up-39, made-up-38 and made-up-37');
});

it('a further stranger within a fortnight is a revision that names it, once', () => {
  const next = uses(20, 'mail-bot', onDay(15));
  const alerts = told('credential-shared', [...services, next, uses(21, 'mail-bot', onDay(16))]);
  expect(new Set(alerts.map((one) => one.alert_id)).size).toBe(1);
  expect(alerts).toHaveLength(10);
  expect(alerts.at(-1)).toMatchObject({ subject: { agent_uid: 'mail-bot' }, count: 11 });
  expect(alerts.at(-1)?.summary).toContain('11 agents hold it');
});

it('one that comes to an old key is an alert of its own in the same incident', () => {
  const [first, ...rest] = told('credential-shared', [
    ...services,
    uses(20, 'mail-bot', onDay(25)),
    uses(21, 'file-bot', onDay(26)),
  ]);
  const [own, next, ...more] = rest.filter((one) => one.alert_id !== first?.alert_id);
  expect(more).toEqual([]);
  expect(own).toMatchObject({
    revision: 1,
    severity: 'high',
    count: 11,
    subject: { agent_uid: 'mail-bot' },
    incident_id: first?.incident_id,
  });
  expect(own?.summary).toContain('mail-bot is new to it');
  expect(next).toMatchObject({ alert_id: own?.alert_id, subject: { agent_uid: 'file-bot' } });
});

const SECRET = {
  result: {
    values: [{ fp: 'fp-1', kind: 'secret' as const, instructed: false, in: 'text' as const }],
    values_truncated: false,
  },
};
const readers = Array.from({ length: 20 }, (_, n) => call(n, `reader-${n}`, SECRET));
const found = { credential: { fp: 'fp-1' } };

it('who fetched it by its grant did not find it, however many read it before and after', () => {
  const fetched = call(10, 'planner', {
    ...SECRET,
    capabilities: [{ symbol: 'read:secret', basis: 'catalogue' }],
  });
  const events = [...readers, call(50, 'planner', found)];
  expect(told('secret-found-used', events)).toHaveLength(1);
  expect(told('secret-found-used', events.toSpliced(10, 1, fetched))).toEqual([]);
});

it.each([
  ['reader-19', /in a result that reader-19 read at/],
  ['reader-9', /in a result that reader-0 read at .*, as reader-9 did later, by a call/],
])('%s, which read it itself, is told to have found it', (uid, words) => {
  const [alert] = told('secret-found-used', [...readers, call(50, uid, found)]);
  expect(alert?.title).toBe(`${uid} calls with a secret that it found`);
  expect(alert?.summary).toMatch(words);
});

it('each further agent that calls with a found one is named by a revision', () => {
  const alerts = told('secret-found-used', [
    ...readers,
    call(50, 'reader-1', found),
    call(51, 'reader-2', found),
    call(52, 'mail-bot', found),
  ]);
  expect(alerts.map((one) => one.subject.agent_uid)).toEqual(['reader-1', 'reader-2', 'mail-bot']);
});
