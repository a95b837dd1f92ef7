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
  const ours = alerts.filter((one) => one.rule_id.startsWith('workload-'));
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
      title: 'bad-0: deleted something by drop_db, which no agent of its workload did',
    });
    expect(alert?.reasons[0]).toMatchObject({ level: 'workload', baseline_n: 80 });
  });

  it('are told of it also where the run is another part of a SPIFFE path than the last', () => {
    const uidOf = (day: number, n: number) => `spiffe://acme.example/ns/pr-${day}-${n}/sa/runner`;
    const bad = call(14, uidOf(14, 0), drops);
    const [alert, ...more] = told([...runs(14, uidOf), bad]);
    expect(more).toEqual([]);
    expect(alert?.subject.agent_uid).toBe(bad.agent.uid);
    expect(alert?.summary).toContain('Agents from spiffe://acme.example/ns/* had shown 1 tools');
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
      [
        ...runs(8).map((one, n) => {
          const tool = { name: `tool-${n % 40}` };
          return { ...one, tool, effect: 'delete' as const };
        }),
        ...evil(1),
      ],
    ],
  ])('are not where %s', (_, events) => {
    expect(told(events)).toEqual([]);
  });

  it('are not of a registered agent, which has a history of its own', () => {
    const registry = registrySchema.parse({ version: 1, agents: [{ uid: 'bad-0' }] });
    expect(told([...runs(8), ...evil(1)], registry)).toEqual([]);
  });

  const statement: Partial<AuditEvent> = {
    tool: { name: 'execute_sql', server: 'db' },
    target: { system: 'db', resource_type: 'table', sensitivity: 'internal', environment: 'test' },
    effect: 'update',
  };
  const mail = (domain: string): Partial<AuditEvent> => ({
    tool: { name: 'send_email', server: 'mail' },
    effect: 'send',
    args: {
      shape: [],
      size: 1,
      values: [],
      values_truncated: false,
      features: { destination_domain: domain },
    },
  });
  /** What runs do on twelve days, ten a day. */
  const usually = (...deeds: readonly Partial<AuditEvent>[]) =>
    Array.from({ length: 120 }, (_, n) =>
      deeds.map((deed) => call(Math.floor(n / 10), `run-${n}`, deed)),
    ).flat();
  const gist = (alerts: ReturnType<typeof told>) =>
    alerts.map(({ rule_id: rule, severity, count: n }) => `${rule} ${severity} ${n}`);

  it.each<[string, string, Partial<AuditEvent>]>([
    [
      'a first effect by a tool that they all use',
      'effect medium',
      { ...statement, effect: 'delete' },
    ],
    ['a first counterparty', 'counterparty low', mail('evil.example')],
    [
      'a first touch of secret data',
      'sensitivity medium',
      { ...statement, effect: 'read', target: { ...statement.target, sensitivity: 'secret' } },
    ],
    [
      'a first act in production',
      'environment medium',
      { ...statement, target: { ...statement.target, environment: 'prod' } },
    ],
    [
      'a first kind of target',
      'target low',
      { ...statement, effect: 'create', target: { ...statement.target, resource_type: 'role' } },
    ],
  ])('are told, once, of %s', (_, rule, deed) => {
    const life = [statement, { ...statement, effect: 'create' as const }, mail('acme.example')];
    const later = [12, 13, 14].map((day) => call(day, `bad-${day}`, deed));
    expect(gist(told([...usually(...life), ...later]))).toEqual([`workload-first-${rule} 2`]);
    expect(gist(told(usually(...life, deed)))).toEqual([]);
  });

  it('are told once of all that is new in one call', () => {
    const bad = { ...drops, target: { ...statement.target, environment: 'prod' } };
    const [alert, ...more] = told([
      ...usually(statement),
      call(12, 'bad', bad),
      call(13, 'worse', bad),
    ]);
    expect(more).toEqual([]);
    expect(alert?.rule_id).toBe('workload-first-tool');
    expect(alert?.reasons.map(({ feature }) => feature)).toEqual(
      ['tool', 'effect', 'environment', 'target'].map((one) => `workload-first-${one}`),
    );
  });

  it('are told of a first deletion also where each day brings new tools', () => {
    const tools = usually(statement).map((one, n) => ({
      ...one,
      tool: { name: `tool-${n % 40}` },
    }));
    const bad = call(12, 'bad', { ...statement, tool: { name: 'tool-1' }, effect: 'delete' });
    expect(gist(told([...tools, bad]))).toEqual(['workload-first-effect medium 1']);
  });

  it('are told of it behind as many known tools as there are', () => {
    const many = Array.from({ length: 17 }, (_, n) => ({ tool: { name: `list-${n}` } }));
    const life = Array.from({ length: 900 }, (_, n) =>
      call(Math.floor(n / 75), `run-${n}`, many[n % 17]),
    );
    const padded = [...many.map((one) => call(12, 'bad', one)), call(12, 'bad', drops)];
    expect(gist(told([...life, ...padded]))).toEqual(['workload-first-tool medium 1']);
  });

  it('learn nothing from what failed, and are not told of a failure of what they do', () => {
    const failed = { ...statement, effect: 'delete', outcome: 'tool_error' } as const;
    const early = [call(0, 'early', failed)];
    const bad = call(12, 'bad', { ...statement, effect: 'delete' });
    expect(gist(told([...early, ...usually(statement), bad]))).toEqual([
      'workload-first-effect medium 1',
    ]);
    const tried = told([...usually(statement), call(12, 'bad', failed)]);
    expect(tried.map(({ title }) => title)).toEqual([
      'bad: tried to delete something, which failed (tool_error), which no agent of its…',
    ]);
    const habit = usually(statement, { ...statement, effect: 'delete' });
    expect(told([...habit, call(12, 'bad', failed)])).toEqual([]);
  });

  it('are not told of data whose sensitivity their source begins to tell', () => {
    const untold = {
      ...statement,
      target: { system: 'db', resource_type: 'table' },
      effect: 'read',
    } as const;
    const labelled = { ...untold, target: { ...untold.target, sensitivity: 'secret' } } as const;
    expect(told([...usually(untold), call(12, 'run', labelled)])).toEqual([]);
  });
});
