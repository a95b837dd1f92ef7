/** What is guaranteed of agents whose every run is a new uid: they are judged by their workload. */
import { type AuditEvent, policySchema, registrySchema } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from './testing/event-builder.ts';
import { MemoryPipeline } from './testing/memory-pipeline.ts';

const START_MS = Date.parse('2026-01-05T09:00:00Z');
const DAY_MS = 86_400_000;
const reads = { name: 'get_customer', server: 'crm' };
const drops: Partial<AuditEvent> = { tool: { name: 'drop_db', server: 'db' }, effect: 'delete' };

let count = 0;
function call(day: number, uid: string, over: Partial<AuditEvent> = {}): AuditEvent {
  count += 1;
  const time = new Date(START_MS + day * DAY_MS + (count % 3600) * 1000).toISOString();
  const agent = { uid, assurance: 'authenticated' as const };
  const times = { event_time: time, observed_time: time };
  return event(count, { agent, tool: reads, effect: 'read', chain_id: uid, ...times, ...over });
}
/** Ten runs a day, each an agent of its own that calls one tool twice. */
const runs = (days: number, uidOf = (day: number, n: number) => `run-${day}-${n}`) =>
  Array.from({ length: days * 10 }, (_, n) => {
    const [day, uid] = [Math.floor(n / 10), uidOf(Math.floor(n / 10), n % 10)];
    return [call(day, uid), call(day, uid)];
  }).flat();

function told(events: readonly AuditEvent[], registry?: ReturnType<typeof registrySchema.parse>) {
  const policy = policySchema.parse({ version: 1 });
  const { alerts } = new MemoryPipeline(policy, registry).sendAll(events);
  const ours = alerts.filter((one) => one.rule_id === 'workload-first-tool');
  return [...new Map(ours.map((one) => [one.alert_id, one])).values()];
}
const evil = (n: number) => Array.from({ length: n }, (_, at) => call(8, `bad-${at}`, drops));

describe('agents whose every run is a new uid', () => {
  it.each([
    ['without a registry', undefined],
    [
      'of a registry that names others',
      registrySchema.parse({ version: 1, agents: [{ uid: 'x' }] }),
    ],
  ])('are told of the first effect that their workload never had, once: %s', (_, registry) => {
    const [alert, ...more] = told([...runs(8), ...evil(4)], registry);
    expect(more).toEqual([]);
    expect(alert).toMatchObject({
      kind: 'behavior_deviation',
      severity: 'medium',
      count: 4,
      title: 'bad-0 deleted something by drop_db, which no agent of its workload did',
    });
    expect(alert?.reasons[0]).toMatchObject({ level: 'workload', baseline_n: 80 });
  });

  it('are told of it also where the run is another part of a SPIFFE path than the last', () => {
    const uidOf = (day: number, n: number) => `spiffe://acme.example/ns/pr-${day}-${n}/sa/runner`;
    const bad = call(14, uidOf(14, 0), drops);
    const [alert, ...more] = told([...runs(14, uidOf), bad]);
    expect(more).toEqual([]);
    expect(alert?.subject.agent_uid).toBe(bad.agent.uid);
    expect(alert?.summary).toContain('Agents from spiffe://acme.example/ns/* had called');
  });

  it('are told the same in whichever order they are heard of', () => {
    const events = [...runs(8), ...evil(4)];
    const gist = (some: ReturnType<typeof told>) => some.map(({ title, count: n }) => [title, n]);
    expect(gist(told([...events].reverse()))).toEqual(gist(told(events)));
  });

  it.each([
    ['the tool only reads', [...runs(8), call(8, 'bad', { tool: { name: 'list' } })]],
    ['it was denied', [...runs(8), call(8, 'bad', { ...drops, outcome: 'denied' })]],
    ['the workload is young', [...runs(3), ...evil(4)]],
    ['its agents come back', [...runs(8, (_, n) => `agent-${n}`), ...evil(1)]],
    [
      'it comes from another source',
      [...runs(8), call(8, 'bad', { ...drops, source: { kind: 'sdk', instance: 'other' } })],
    ],
    [
      'its agents always did new things',
      [...runs(8).map((one, n) => ({ ...one, tool: { name: `tool-${n % 40}` } })), ...evil(1)],
    ],
  ])('are not where %s', (_, events) => {
    expect(told(events)).toEqual([]);
  });

  it('are not of a registered agent, which has a history of its own', () => {
    const registry = registrySchema.parse({ version: 1, agents: [{ uid: 'bad-0' }] });
    expect(told([...runs(8), ...evil(1)], registry)).toEqual([]);
  });
});
