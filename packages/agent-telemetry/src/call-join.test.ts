import { describe, expect, it } from 'vitest';
import { CallJoin } from './call-join.ts';
import { executed, runOf, spanOf } from './join/testing/observations.ts';
import type { CallObservation, Observation } from './model/observation.ts';

const OPTIONS = { quietMs: 1_000, waitMsMax: 5_000, observationsMax: 100 };

const inTrace = (trace: string, one: Observation): Observation => ({
  ...one,
  place: { trace, span: one.place?.span, parent: one.place?.parent },
});

const call = (trace: string, more: Partial<Observation> = {}) =>
  inTrace(
    trace,
    spanOf('tool', 'run', { call: executed('read_mail', { args: { trace } }), ...more }),
  );

describe('when calls are concluded', () => {
  it('waits for what is still to come of a group, then gives each call once', () => {
    const join = new CallJoin(OPTIONS);
    join.add([call('a')], 0);
    expect(join.warmedUp(500)).toEqual([]);
    join.add([inTrace('a', runOf('run', undefined, 'assistant'))], 600);
    expect(join.warmedUp(999)).toEqual([]);
    expect(join.warmedUp(1_000)).toMatchObject([{ agent: { name: 'assistant' } }]);
    expect(join.flush()).toEqual([]);
  });

  it('gives up waiting for a group that never rests', () => {
    const join = new CallJoin(OPTIONS);
    join.add([call('a')], 0);
    for (let now = 500; now < 5_000; now += 500) {
      join.add([inTrace('a', spanOf(`noise${now}`, undefined))], now);
      expect(join.warmedUp(now)).toEqual([]);
    }
    expect(join.warmedUp(5_000)).toHaveLength(1);
  });

  it('puts together traces that share a session', () => {
    const join = new CallJoin(OPTIONS);
    const threads = ['session:s1'];
    const pay = (trace: string, outcome: 'pending' | 'success', at: number) =>
      inTrace(
        trace,
        spanOf('pay', undefined, {
          at,
          threads,
          call: executed('pay', { callId: 'c1', args: { n: 1 }, outcome }),
        }),
      );
    join.add([pay('a', 'pending', 1), pay('b', 'success', 9)], 0);
    expect(join.flush()).toMatchObject([{ outcome: 'success', observed: 2 }]);
  });

  it('tells a call again when it was carried out after it was told as pending', () => {
    const join = new CallJoin(OPTIONS);
    const seen = (outcome: 'pending' | 'success') =>
      inTrace(
        'a',
        spanOf('pay', undefined, {
          call: executed('pay', { callId: 'c1', outcome, args: { n: 1 } }),
        }),
      );
    join.add([seen('pending')], 0);
    const [asked] = join.warmedUp(1_000);
    join.add([seen('success')], 2_000);
    const [made] = join.warmedUp(3_000);
    expect([asked?.outcome, made?.outcome]).toEqual(['pending', 'success']);
    expect(asked?.id.replace('requested', 'completed')).toBe(made?.id);
  });

  it('counts what comes again after its call was concluded, and tells nothing twice', () => {
    const join = new CallJoin(OPTIONS);
    join.add([call('a')], 0);
    expect(join.warmedUp(5_000)).toHaveLength(1);
    join.add([call('a')], 6_000);
    expect(join.warmedUp(11_000)).toEqual([]);
    expect(join.counts).toMatchObject({ concluded: 1, late: 1 });
  });
});

describe('a call whose run has not ended', () => {
  const open = (trace: string) =>
    inTrace(trace, spanOf('tool', 'run', { service: 'mail', call: executed('read_mail') }));
  const run = (trace: string, name: string) =>
    inTrace(trace, { ...runOf('run', undefined, name), service: 'mail' });

  it('waits for the run, which alone names the agent, beyond the quiet time', () => {
    const join = new CallJoin(OPTIONS);
    join.add([open('a')], 0);
    expect(join.warmedUp(3_000)).toEqual([]);
    join.add([run('a', 'assistant')], 3_500);
    expect(join.warmedUp(4_500)).toMatchObject([
      { agent: { name: 'assistant' }, agentSource: 'run' },
    ]);
  });

  it('is told in time all the same, as the only agent of its service or as the service', () => {
    const join = new CallJoin(OPTIONS);
    join.add([open('a')], 0);
    expect(join.warmedUp(5_000)).toMatchObject([
      { agent: { name: 'mail' }, agentSource: 'service' },
    ]);
    join.add([open('b'), run('b', 'assistant')], 5_000);
    join.add([open('c')], 5_000);
    const [, late] = join.warmedUp(10_000);
    expect(late).toMatchObject({
      agent: { name: 'assistant' },
      agentSource: 'thread',
      unresolved: expect.arrayContaining(['agent_unknown']),
    });
    join.add([run('d', 'payer'), open('d')], 10_000);
    join.add([open('e')], 10_000);
    expect(join.warmedUp(15_000).at(-1)).toMatchObject({ agentSource: 'service' });
  });
});

describe('a session that never rests', () => {
  const threads = ['session:s1'];
  const hook = (callId: string, at: number, more: Partial<CallObservation> = {}): Observation => ({
    channel: 'hook',
    convention: 'test',
    at,
    threads,
    session: 's1',
    agent: { name: 'coder' },
    call: executed('bash', { callId, args: { n: callId }, ...more }),
  });

  it('has its finished calls told while it goes on, each once', () => {
    const join = new CallJoin(OPTIONS);
    const told: string[] = [];
    for (let now = 0; now <= 10_000; now += 500) {
      join.add([hook(`c${now}`, now)], now);
      told.push(...join.warmedUp(now).map(({ callId = '' }) => callId));
    }
    expect(told).toContain('c0');
    expect(told.indexOf('c0')).toBeLessThan(4);
    told.push(...join.flush().map(({ callId = '' }) => callId));
    expect(told.sort()).toEqual([...new Set(told)].sort());
    expect(told).toHaveLength(21);
  });

  it('a call that is under way is not told as made', () => {
    const join = new CallJoin(OPTIONS);
    join.add([hook('c1', 0, { stage: 'requested', outcome: undefined })], 0);
    for (let now = 0; now < 4_500; now += 500) {
      join.add([hook(`noise${now}`, now)], now);
      expect(join.warmedUp(now).map(({ callId }) => callId)).not.toContain('c1');
    }
  });

  it('an id that is used again for another thing, or later for the same, is another call', () => {
    const join = new CallJoin(OPTIONS);
    join.add([hook('same', 0)], 0);
    expect(join.warmedUp(1_000)).toHaveLength(1);
    join.add([hook('same', 2_000, { args: { n: 'other' } })], 2_000);
    expect(join.warmedUp(3_000)).toHaveLength(1);
    join.add([hook('same', 60_000)], 4_000);
    const [again] = join.warmedUp(5_000);
    expect(again).toMatchObject({ callId: 'same', at: 60_000 });
    join.add([hook('same', 0)], 6_000);
    expect(join.warmedUp(7_000)).toEqual([]);
  });
});

it('an end that a client puts into the future hides no later call of its id', () => {
  const join = new CallJoin(OPTIONS);
  const pay = (at: number, until: number) =>
    inTrace(
      'a',
      spanOf(`pay${at}`, undefined, { at, until, call: executed('pay', { callId: 'c' }) }),
    );
  join.add([pay(0, 1e15)], 0);
  expect(join.warmedUp(1_000)).toHaveLength(1);
  join.add([pay(60_000, 60_001)], 60_000);
  expect(join.warmedUp(61_000)).toHaveLength(1);
});

describe('what the join may hold', () => {
  it('stays within its limit at ten times as much, and loses no call', () => {
    const join = new CallJoin(OPTIONS);
    const told: string[] = [];
    for (let index = 0; index < OPTIONS.observationsMax * 10; index += 1) {
      join.add([call(`t${index}`)], index);
      expect(join.counts.inHand).toBeLessThanOrEqual(OPTIONS.observationsMax);
      told.push(...join.warmedUp(0).map(({ trace = '' }) => trace));
    }
    told.push(...join.flush().map(({ trace = '' }) => trace));
    expect(new Set(told).size).toBe(OPTIONS.observationsMax * 10);
    expect(join.counts).toMatchObject({ inHand: 0, evicted: OPTIONS.observationsMax * 9 });
  });

  it('stays within its limit when one trace sends everything', () => {
    const join = new CallJoin(OPTIONS);
    for (let index = 0; index < OPTIONS.observationsMax * 10; index += 1) {
      join.add([inTrace('a', spanOf(`noise${index}`, `noise${index - 1}`))], index);
    }
    expect(join.counts.inHand).toBeLessThanOrEqual(OPTIONS.observationsMax);
  });

  it('counts the calls of which something could not be resolved', () => {
    const join = new CallJoin(OPTIONS);
    join.add([call('a', { service: 'app' })], 0);
    join.flush();
    expect(join.counts.unresolved).toEqual({ parent_missing: 1, agent_unknown: 1 });
  });
});
