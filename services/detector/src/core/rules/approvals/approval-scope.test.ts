/** What is guaranteed of an approval that by its agent's class covers a whole trigger or job. */
import type { AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../../testing/event-builder.ts';
import { ProfileWorld } from '../../testing/profile-world.ts';

type Approval = NonNullable<AuditEvent['approval']>;
const START_MS = Date.parse('2026-01-05T02:00:00Z');
const HOUR_MS = 3_600_000;
const given = (uid: string, over: Partial<Approval> = {}): Approval => ({
  mode: 'human',
  by: 'eva@x',
  uid,
  latency_ms: 41_000,
  ...over,
});

let count = 0;
interface Of {
  readonly hour: number;
  readonly uid: string;
  readonly task: string;
  readonly over?: Partial<AuditEvent>;
}
function deploy({ hour, uid, task, over = {} }: Of): AuditEvent {
  count += 1;
  const time = new Date(START_MS + hour * HOUR_MS + count * 1000).toISOString();
  return event(count, {
    effect: 'configure',
    tool: { name: 'deploy_service', server: 'cd' },
    capabilities: [{ symbol: 'deploy:production', basis: 'catalogue' }],
    target: { system: 'cd', environment: 'prod' },
    args: { hash: `hmac-sha256:${count}` },
    principal: { uid: 'eva@x', type: 'human' },
    approval: given(uid),
    task: { id: task },
    event_time: time,
    observed_time: time,
    ...over,
  });
}

function told(cls: string, events: readonly AuditEvent[], policy?: unknown) {
  const agents = [{ uid: 'reporter', class: cls }];
  const world = new ProfileWorld({ version: 1, agents }, policy);
  return world.feed(...events).filter((alert) => alert.rule_id === 'approval-reuse');
}

const first = { hour: 0, uid: 'plan-1', task: 'rel-1' };
const steps = (of: Of = first) => Array.from({ length: 5 }, () => deploy(of));

describe('an approval of what a person triggers', () => {
  it('covers the steps of that task', () => {
    expect(told('human_triggered', steps())).toEqual([]);
  });

  it('covers a step that timed out and the next one', () => {
    const late = deploy({ ...first, over: { outcome: 'tool_error', error: { type: 'timeout' } } });
    expect(told('human_triggered', [late, ...steps()])).toEqual([]);
  });

  it.each([
    ['another task', { task: 'rel-2' }],
    ['another person', { over: { principal: { uid: 'bob@x', type: 'human' } } }],
    ['a service', { over: { principal: { uid: 'eva@x', type: 'service' } } }],
    ['the next day', { hour: 9 }],
    ['arguments that it names', { over: { approval: given('plan-1', { args_hash: 'sha256:a' }) } }],
    ['what an agent approved', { over: { approval: given('plan-1', { by: 'reporter' }) } }],
    [
      'a call that tells of another class',
      { over: { agent: { uid: 'reporter', class: 'autonomous' } } },
    ],
  ] as const)('does not cover %s', (_, beyond) => {
    const { agent, ...over } =
      'over' in beyond ? { agent: undefined, ...beyond.over } : { agent: undefined };
    const own = deploy({ ...first }).agent;
    const call = deploy({
      ...first,
      ...beyond,
      over: { ...over, ...(agent === undefined ? {} : { agent: { ...own, ...agent } }) },
    });
    const [alert, ...more] = told('human_triggered', [...steps(), call]);
    expect(more).toEqual([]);
    expect(alert).toMatchObject({ kind: 'approval_bypass', severity: 'high' });
  });

  it('says of what it covers how far that is', () => {
    const [alert] = told('human_triggered', [...steps(), deploy({ ...first, task: 'rel-2' })]);
    expect(alert?.summary).toContain('By its class an approval covers one task of one person');
    expect(alert?.reasons[0]).toMatchObject({ expected: 'an approval for each trigger' });
  });

  it.each(['autonomous', 'semi_autonomous', 'assistive', 'unknown'])(
    'is one call’s of a %s agent, whatever the call says of its class',
    (cls) => {
      const own = { ...deploy(first).agent, class: 'human_triggered' as const };
      const calls = [0, 1].map(() => deploy({ ...first, over: { agent: own } }));
      expect(told(cls, calls)).toMatchObject([{ severity: 'high' }]);
    },
  );

  it('is one call’s where an operator wants a person’s decision over each', () => {
    const classes = { human_triggered: { environments: { prod: { approval_for: 'effects' } } } };
    const policy = { version: 1, classes };
    expect(told('human_triggered', [deploy(first), deploy(first)], policy)).toHaveLength(1);
  });
});

describe('an approval of a change to a scheduled job', () => {
  const night = (n: number, uid: string, over: Partial<AuditEvent> = {}) =>
    deploy({ hour: n * 24, uid, task: `night-${n}`, over: { principal: undefined, ...over } });
  const nights = (from: number, to: number, uid: string) =>
    Array.from({ length: to - from }, (_, n) => night(from + n, uid)).flatMap((one) => [
      one,
      deploy({
        hour: 0,
        uid,
        task: one.task?.id ?? '',
        over: { principal: undefined, event_time: one.event_time },
      }),
    ]);

  it('covers the job for as long as no other change was approved, and the next one then', () => {
    const calls = [...nights(0, 20, 'CHG-1'), ...nights(20, 30, 'CHG-2')];
    expect(told('scheduled_job', calls)).toEqual([]);
  });

  it('is used up once the job ran under another', () => {
    const calls = [...nights(0, 3, 'CHG-1'), ...nights(3, 5, 'CHG-2'), night(5, 'CHG-1')];
    const [alert] = told('scheduled_job', calls);
    expect(alert).toMatchObject({ severity: 'high' });
    expect(alert?.reasons[0]).toMatchObject({ expected: 'an approval for each change' });
  });

  it('stands beside one that serves the same nights', () => {
    const calls = [0, 1, 2].flatMap((n) => [
      ...[night(n, 'CHG-1'), night(n, 'CHG-1')],
      ...[night(n, 'CHG-2'), night(n, 'CHG-2')],
    ]);
    expect(told('scheduled_job', calls)).toEqual([]);
  });

  it.each([
    ['half a year later', [night(200, 'CHG-1')]],
    ['another workflow', [night(1, 'CHG-1', { task: { id: 'night-1', workflow: 'other' } })]],
    ['another principal', [night(1, 'CHG-1', { principal: { uid: 'svc-2', type: 'service' } })]],
  ])('does not cover %s', (_, beyond) => {
    expect(told('scheduled_job', [night(0, 'CHG-1'), ...beyond])).toHaveLength(1);
  });

  it('is still known after many others that served between', () => {
    const calls = Array.from({ length: 40 }, (_, n) => [night(0, 'CHG-1'), night(0, `one-${n}`)]);
    expect(told('scheduled_job', calls.flat())).toEqual([]);
  });
});
