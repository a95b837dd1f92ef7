/** What follows what in a task: what never did ranks above what always does, and nothing of it alarms. */
import { registrySchema, shiftTime } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { PAIR_WIDTH, PAIRS_MAX } from '../kept/pair-counts.ts';
import { keepSnapshot } from '../peers/peer-snapshots.ts';
import { event } from '../testing/event-builder.ts';
import { MapDraft } from '../testing/map-draft.ts';
import { habitOf } from './habits.ts';
import { purpose } from './purpose.ts';
import { sequence } from './sequence.ts';

const START = '2026-01-05T09:00:00.000000000Z';
let made = 0;

function call(task: string, tool: string, over: Parameters<typeof event>[1] = {}) {
  made += 1;
  const time = shiftTime(START, made * 1000);
  return event(made, {
    event_time: time,
    observed_time: time,
    task: { id: task, workflow: 'work' },
    chain_id: task,
    tool: { name: tool, server: 's' },
    ...over,
  });
}

/** Tasks that read, look up and then write. */
function worked(draft: MapDraft, tasks: number): MapDraft {
  for (let n = 0; n < tasks; n += 1) {
    made += 1;
    const task = `task-${made}`;
    for (const tool of ['read', 'look', 'write']) sequence.learn(draft, call(task, tool), false);
  }
  return draft;
}

/** The points of the last of these calls, of one task. */
function pointsOf(draft: MapDraft, tools: readonly string[]): number | undefined {
  made += 1;
  const task = `new-${made}`;
  let points: number | undefined;
  for (const tool of tools) {
    const one = call(task, tool);
    points = sequence.score(draft, one)?.points;
    sequence.learn(draft, one, true);
  }
  return points;
}

describe('a step', () => {
  const draft = worked(new MapDraft(), 40);

  it('that never came ranks above one that always does', () => {
    const usual = pointsOf(draft, ['read', 'look']) ?? Number.NaN;
    const skipped = pointsOf(draft, ['read', 'write']) ?? Number.NaN;
    expect(usual).toBeLessThan(0.1);
    expect(skipped).toBeGreaterThan(usual + 4);
    expect(pointsOf(draft, ['read', 'drop'])).toBeGreaterThan(usual + 4);
  });

  it('is the first by the workflow of its task', () => {
    const first = pointsOf(draft, ['read']) ?? Number.NaN;
    expect(pointsOf(draft, ['write'])).toBeGreaterThan(first + 4);
  });

  it('has a probability that is said, and alarms never', () => {
    const one = call('odd', 'drop');
    const score = sequence.score(draft, one);
    expect(score?.alarm).toBeUndefined();
    const [reason] = score?.reasons ?? [];
    expect(reason).toMatchObject({ feature: 'sequence', level: 'agent', observed: 'drop' });
    expect(reason?.p_value).toBeCloseTo(2 ** -(score?.points ?? 0), 4);
  });

  it('of a flagged call follows on in its task and does not become usual', () => {
    const before = pointsOf(draft, ['read', 'write']);
    for (let n = 0; n < 50; n += 1) pointsOf(draft, ['read', 'write']);
    expect(pointsOf(draft, ['read', 'write'])).toBe(before);
  });
});

it('nothing is said of an agent that has made few calls', () => {
  expect(pointsOf(worked(new MapDraft(), 10), ['read', 'drop'])).toBeUndefined();
  expect(pointsOf(worked(new MapDraft(), 17), ['read', 'drop'])).toBeGreaterThan(4);
});

it('what is kept is bounded, and the usual stays in it', () => {
  const draft = new MapDraft();
  for (let n = 0; n < 300; n += 1) {
    worked(draft, 1);
    sequence.learn(draft, call(`other-${n}`, `tool-${n}`), false);
  }
  expect(habitOf(draft, call('t', 'read'), 'sequence')).toHaveLength(PAIRS_MAX * PAIR_WIDTH);
  expect(pointsOf(draft, ['read', 'look'])).toBeLessThan(1);
  for (const [key, value] of draft.entries) {
    if (key.endsWith('steps')) expect(String(value).length).toBeLessThanOrEqual(16 * 8);
  }
});

describe('a young agent', () => {
  const registered = registrySchema.parse({
    version: 1,
    agents: [{ uid: 'reporter', class: 'semi_autonomous', role: 'clerk', grants: ['*'] }],
  }).agents[0];

  /** Peers that all read, look up and write, and this agent that is new. */
  function amongPeers(group: string): MapDraft {
    const told = sequence.tell?.(worked(new MapDraft(), 40), call('t', 'read'))?.counts ?? [];
    const draft = new MapDraft();
    keepSnapshot(draft, {
      kind: 'baseline',
      seq: 1,
      tenant_id: 'acme',
      peer_group: group,
      version: '2026-01-04',
      effective_from: '2026-01-04T00:00:00Z',
      since: '2026-01-01T00:00:00Z',
      agents: 9,
      volumes: {},
      hours: [],
      values: {
        sequence: {
          agents: 9,
          alone: 0,
          known: Object.fromEntries(told.map(([pair]) => [pair, 9])),
          usual: {},
        },
      },
    });
    return draft;
  }

  it.each([
    ['declared:clerk', 'peer group'],
    ['*', 'tenant'],
  ])('leans on those of %s, and says so', (group, level) => {
    const draft = amongPeers(group);
    const said = (tools: readonly string[]) => {
      made += 1;
      const task = `young-${made}`;
      const calls = tools.map((tool) => call(task, tool));
      return calls.map((one) => {
        const score = sequence.score(draft, one, registered);
        sequence.learn(draft, one, true);
        return score;
      });
    };
    const usual = said(['read', 'look']).at(-1);
    const odd = said(['read', 'drop']).at(-1);
    expect(usual?.reasons[0]).toMatchObject({ level, baseline_n: 9 });
    expect(odd?.points).toBeGreaterThan((usual?.points ?? 9) + 3);
  });
});

describe('what an effect is for', () => {
  const asked = (workflow: string | undefined, effect: 'read' | 'send' | 'pay') =>
    call(`t-${made}`, 'any', {
      effect,
      task: { id: `t-${made}`, ...(workflow === undefined ? {} : { workflow }) },
    });
  const draft = new MapDraft();
  for (let n = 0; n < 60; n += 1) {
    purpose.learn(draft, asked('report', 'read'), false);
    purpose.learn(draft, asked('mailing', n % 2 === 0 ? 'send' : 'read'), false);
  }
  const points = (workflow: string | undefined, effect: 'read' | 'send' | 'pay') =>
    purpose.score(draft, asked(workflow, effect))?.points;

  it('ranks by its workflow, not by the agent alone', () => {
    expect(points('mailing', 'send')).toBeLessThan(1.1);
    expect(points('report', 'send')).toBeGreaterThan(5);
    expect(points('report', 'pay')).toBeGreaterThan(points('report', 'send') ?? 99);
    expect(purpose.score(draft, asked('report', 'pay'))?.alarm).toBeUndefined();
  });

  it('is not asked of a task without a workflow, nor of few calls', () => {
    expect(points(undefined, 'pay')).toBeUndefined();
    expect(purpose.score(new MapDraft(), asked('report', 'pay'))).toBeNull();
  });
});
