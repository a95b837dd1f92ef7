/** An alert that is open is no silence: what comes again much later is told, with its own evidence. */
import type { AuditEvent } from '@waywarden/schemas';
import { expect, it } from 'vitest';
import type { Renewal } from '../facets/facet.ts';
import { event, testId } from '../testing/event-builder.ts';
import { MapDraft } from '../testing/map-draft.ts';
import { raise } from './alert-track.ts';
import { BEYOND_LED_MS, LED_MAX } from './led-work.ts';

const HOUR_MS = 3_600_000;

/** The same alarm at these hours, each in the task of this name; what is told of each. */
interface Told {
  readonly posture?: true;
  readonly renews?: Renewal;
  readonly severity?: 'medium' | 'high';
}

function toldOf(
  calls: readonly (readonly [hour: number, task: string])[],
  over: Told = {},
  by: (n: number) => Partial<AuditEvent> = () => ({}),
) {
  const draft = new MapDraft();
  const alarm = {
    ...({ kind: 'outside_profile', severity: 'medium', ruleId: 'r', dedupeKey: 'k' } as const),
    ...{ title: 'T', summary: 'S.', evidence: [], notVisible: [], taxonomy: {} },
    ...over,
  };
  const score = { facet: 'x', points: 1, weight: 1, reasons: [], alarm };
  return calls.map(([hour, task], n) => {
    const now = new Date(Date.UTC(2026, 0, 5) + hour * HOUR_MS).toISOString();
    const of = { task: { id: task }, chain_id: `chain-${task}`, event_time: now };
    const one = event(n, { ...of, ...by(n) });
    return raise(draft, one, score, {
      ...{ policyVersion: 'p', registered: undefined },
      ...{ isUnregistered: false, now },
    })[0];
  });
}

/** Enough completions in one task that no count doubles soon. */
const OFTEN = Array.from({ length: 8 }, (): [number, string] => [0, 'a']);

it('tells what comes again in other work a day later, and has that work as subject', () => {
  const told = toldOf([...OFTEN, [1, 'b'], [30, 'c'], [31, 'd']]).slice(8);
  expect(told.map((one) => one?.subject.task_id)).toEqual([undefined, 'c', undefined]);
  expect(told[1]).toMatchObject({
    count: 10,
    evidence: [{ event_id: testId(9) }, {}, {}, {}, {}, {}, {}, {}, {}, {}],
  });
});

it('tells what goes on in the same work after a week', () => {
  const told = toldOf([...OFTEN, [30, 'a'], [7 * 24, 'a']]).slice(8);
  expect(told.map((one) => one?.evidence[0]?.event_id)).toEqual([undefined, testId(9)]);
});

it('does not repeat a posture', () => {
  expect(toldOf([...OFTEN, [400, 'b']], { posture: true }).at(-1)).toBeUndefined();
});

it('counts further work of what leads by its work, and tells it with the latest when the count doubles', () => {
  const tasks = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].map((task): [number, string] => [
    0,
    task,
  ]);
  const told = (severity: 'medium' | 'high') =>
    toldOf(tasks, { renews: true, severity }).map((one) => one?.subject.task_id);
  const none = undefined;
  expect(told('medium')).toEqual(['a', 'b', none, 'd', none, none, none, 'h', none]);
  // An answer may follow upon each of these.
  expect(told('high')).toEqual(tasks.map(([, task]) => task));
});

it('tells each further work at once, however grave, and where it says so each further token', () => {
  const calls = ['a', 'b', 'b', 'b', 'b', 'b', 'c'].map((task): [number, string] => [0, task]);
  const counted = calls.map((_, n) => ({ uid: `token-${Math.floor(n / 2)}` }));
  const told = (renews: Renewal) =>
    toldOf(calls, { renews }, (n) => ({ credential: counted[n] })).map(
      (one) => one?.subject.credential_uid,
    );
  const none = undefined;
  expect(told('work')).toEqual(['token-0', 'token-0', none, 'token-0', none, none, 'token-3']);
  expect(told('token').map((one) => one ?? '')).toEqual([
    'token-0',
    // Twice as often as was told.
    'token-0',
    'token-1',
    '',
    'token-2',
    '',
    'token-3',
  ]);
});

it('tells no further work of a token that leads, but where it is told anyway', () => {
  const tasks = Array.from({ length: 40 }, (_, n): [number, string] => [0, `t${n}`]);
  const told = toldOf(tasks, { renews: 'token', severity: 'high' }, () => ({
    credential: { uid: 'token' },
  }));
  const none = undefined;
  expect(told.slice(0, 9).map((one) => one?.subject.task_id)).toEqual([
    ...['t0', 't1', none, 't3', none],
    ...[none, none, 't7', none],
  ]);
  expect(told.filter((one) => one !== none)).toHaveLength(6);
});

it('tells of work beyond what is known to have led once it was silent for a while', () => {
  const count = LED_MAX + 100;
  const minute = 1 / 60;
  const work = Array.from({ length: count }, (_, n): [number, string] => [0, `t${n}`]);
  const turns = work.map(([, task], n): [number, string] => [minute * (n / count), task]);
  const pause = BEYOND_LED_MS / HOUR_MS;
  const late = ['t1', 'new', 'newer'].map((task): [number, string] => [minute + pause, task]);
  const told = toldOf([...turns, ...turns, ...late], { renews: 'work' });
  const known = told.slice(0, LED_MAX);
  expect(known.map((one) => one?.subject.task_id)).toEqual(
    work.slice(0, LED_MAX).map(([, task]) => task),
  );
  // Where the count has doubled.
  expect(told.slice(LED_MAX, 2 * count).filter((one) => one !== undefined)).toHaveLength(1);
  expect(told.slice(2 * count).map((one) => one?.subject.task_id)).toEqual([
    ...[undefined, 'new', undefined],
  ]);
});

it('tells each piece of work that takes turns once a day, and again when the alert is graver', () => {
  const turns = Array.from({ length: 40 }, (_, n): [number, string] => [n / 60, `t${n % 3}`]);
  const next = turns.map(([hour, task]): [number, string] => [hour + 24, task]);
  const told = toldOf([...turns, ...next], { renews: 'work' });
  const tasksOf = (from: number, to: number) =>
    told.slice(from, to).flatMap((one) => one?.subject.task_id ?? []);
  // Further ones only where the count doubled.
  expect(tasksOf(0, 3)).toEqual(['t0', 't1', 't2']);
  expect(tasksOf(3, 40).length).toBeLessThanOrEqual(4);
  expect(new Set(tasksOf(40, 43))).toEqual(new Set(['t0', 't1', 't2']));
  expect(tasksOf(43, 80).length).toBeLessThanOrEqual(2);
});

/** Two tasks in turn, by severity; whose turn was told. */
function turnsTold(severities: readonly ('medium' | 'high')[]) {
  const draft = new MapDraft();
  return severities.map((severity, n) => {
    const now = new Date(Date.UTC(2026, 0, 5, 0, n)).toISOString();
    const alarm = {
      ...({ kind: 'outside_profile', severity, ruleId: 'r', dedupeKey: 'k' } as const),
      ...{ title: 'T', summary: 'S.', evidence: [], notVisible: [], taxonomy: {} },
      ...({ renews: 'work' } as const),
    };
    const task = `t${n % 2}`;
    const one = event(n, { task: { id: task }, chain_id: `c-${task}`, event_time: now });
    const score = { facet: 'x', points: 1, weight: 1, reasons: [], alarm };
    const context = { policyVersion: 'p', registered: undefined, isUnregistered: false, now };
    return raise(draft, one, score, context)[0]?.subject.task_id ?? '';
  });
}

it('lets all work lead anew that was told as less grave', () => {
  const severities = ['medium', 'medium', 'medium', 'medium', 'high', 'medium', 'medium'] as const;
  expect(turnsTold(severities)).toEqual(['t0', 't1', '', 't1', 't0', 't1', '']);
});

/** The same alarm in one task after the other, each with words and severity of its own; the last that is told. */
function lastWords(...severities: readonly ('medium' | 'high')[]) {
  const draft = new MapDraft();
  const told = severities.flatMap((severity, n) => {
    const now = new Date(Date.UTC(2026, 0, 5 + n)).toISOString();
    const summary = `Call ${n}.`;
    const alarm = {
      ...({ kind: 'outside_profile', severity, ruleId: 'r', dedupeKey: 'k' } as const),
      ...{ title: `T${n}`, summary, evidence: [], notVisible: [], taxonomy: {}, renews: true },
    };
    const reasons = [{ feature: 'r', text: summary }];
    const one = event(n, { task: { id: `t${n}` }, chain_id: `c${n}`, event_time: now });
    const score = { facet: 'x', points: 1, weight: 1, reasons, alarm };
    const context = { policyVersion: 'p', registered: undefined, isUnregistered: false, now };
    return raise(draft, one, score, context);
  });
  return told.at(-1);
}

it('says of the work that leads what was done in it', () => {
  expect(lastWords('medium', 'medium', 'medium')).toMatchObject({
    ...{ subject: { task_id: 't2' }, title: 'T2', summary: 'Call 2.' },
    reasons: [{ text: 'Call 2.' }],
  });
});

/** The same task day after day, first graver than ever again; what is told of each day. */
function daysOfOneTask(amountOf: (day: number) => number | undefined) {
  const draft = new MapDraft();
  return [0, 1, 2].flatMap((day) => {
    const now = new Date(Date.UTC(2026, 0, 5 + day, 10)).toISOString();
    const [amount, summary] = [amountOf(day), `Day ${day}.`];
    const alarm = {
      ...({ kind: 'task_overrun', severity: day === 0 ? 'high' : 'medium' } as const),
      ...{ ruleId: 'r', dedupeKey: 'k', title: `T${day}`, summary, day },
      ...{ evidence: [], notVisible: [], taxonomy: {} },
      ...(amount === undefined ? {} : { amount }),
    };
    const reasons = [{ feature: 'r', text: summary }];
    const score = { facet: 'x', points: 1, weight: 1, reasons, alarm };
    const context = { policyVersion: 'p', registered: undefined, isUnregistered: false, now };
    return raise(draft, event(day, { event_time: now }), score, context);
  });
}

it('tells each day of the same work in words of that day, though the first was graver', () => {
  const told = daysOfOneTask(() => undefined);
  expect(told.map(({ summary }) => summary)).toEqual([
    'Day 0.',
    'Day 1. Graver before: Day 0.',
    'Day 2. Graver before: Day 0.',
  ]);
  expect(told.at(-1)).toMatchObject({ severity: 'high', title: 'T0' });
  expect(told.at(-1)?.evidence[0]?.event_id).toBe(testId(2));
});

it('says of a graver call of the same day what it did, once a lesser one was told', () => {
  const draft = new MapDraft();
  const severities = ['high', 'medium', 'medium', 'high', 'high'] as const;
  const told = severities.map((severity, n) => {
    const now = new Date(Date.UTC(2026, 0, n === 0 ? 5 : 6, 10, n)).toISOString();
    const alarm = {
      ...({ kind: 'task_overrun', severity, ruleId: 'r', dedupeKey: 'k' } as const),
      ...{ title: `T${n}`, summary: `Call ${n}.`, day: n === 0 ? 5 : 6 },
      ...{ evidence: [], notVisible: [], taxonomy: {} },
    };
    const reasons = [{ feature: 'r', text: `Call ${n}.` }];
    const score = { facet: 'x', points: 1, weight: 1, reasons, alarm };
    const context = { policyVersion: 'p', registered: undefined, isUnregistered: false, now };
    return raise(draft, event(n, { event_time: now }), score, context)[0]?.summary;
  });
  expect(told.slice(0, 2)).toEqual(['Call 0.', 'Call 1. Graver before: Call 0.']);
  expect(told[3]).toBe('Call 3.');
  expect(told[4]).toBeUndefined();
});

it('names in its title no amount that is past', () => {
  expect(daysOfOneTask((day) => 5 + 1440 * day).map(({ title }) => title)).toEqual([
    'T0',
    'T1',
    'T2',
  ]);
});

it('tells of an amount where nothing of it was told before', () => {
  const draft = new MapDraft();
  const told = [0, 0, 3].map((amount, n) => {
    const now = new Date(Date.UTC(2026, 0, 5, 10, n)).toISOString();
    const alarm = {
      ...({ kind: 'task_overrun', severity: 'medium', ruleId: 'r', dedupeKey: 'k' } as const),
      ...{
        title: `T${n}`,
        summary: `Call ${n}.`,
        amount,
        evidence: [],
        notVisible: [],
        taxonomy: {},
      },
    };
    const score = { facet: 'x', points: 1, weight: 1, reasons: [], alarm };
    const context = { policyVersion: 'p', registered: undefined, isUnregistered: false, now };
    return raise(draft, event(n, { event_time: now }), score, context)[0]?.summary;
  });
  expect(told.at(-1)).toBe('Call 2.');
});

it('says what was graver behind it, and once', () => {
  expect(lastWords('high', 'medium', 'medium')).toMatchObject({
    ...{ subject: { task_id: 't2' }, severity: 'high', title: 'T0' },
    ...{ summary: 'Call 2. Graver before: Call 0.', reasons: [{ text: 'Call 0.' }] },
  });
});

it('lends what is proven neither the severity nor the work of what is only asserted', () => {
  const draft = new MapDraft();
  const completion = (
    n: number,
    severity: 'medium' | 'high',
    assurance: 'asserted' | 'authenticated',
  ) => {
    const alarm = {
      ...({
        kind: 'outside_profile',
        severity,
        ruleId: 'r',
        dedupeKey: 'k',
        renews: true,
      } as const),
      ...{ title: severity, summary: `${severity}.`, evidence: [], notVisible: [], taxonomy: {} },
    };
    const one = event(n, {
      task: { id: `task-${n}` },
      agent: { uid: 'reporter', assurance },
      claims: { ...event(0).claims, task: assurance },
    });
    return raise(
      draft,
      one,
      { facet: 'x', points: 1, weight: 1, reasons: [], alarm },
      {
        ...{ policyVersion: 'p', registered: undefined },
        ...{ isUnregistered: false, now: one.event_time },
      },
    )[0];
  };
  const proven = completion(1, 'medium', 'authenticated');
  const forged = completion(2, 'high', 'asserted');
  expect(forged).toMatchObject({ severity: 'high', decisive_assurance: 'asserted', count: 1 });
  const again = completion(3, 'medium', 'authenticated');
  expect(again).toMatchObject({
    ...{ alert_id: proven?.alert_id, severity: 'medium', decisive_assurance: 'authenticated' },
    ...{ subject: { task_id: 'task-3' }, title: 'medium', count: 2 },
  });
});
