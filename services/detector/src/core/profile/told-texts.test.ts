/** Another text that is obeyed is another alert; one text, however often, is one. */
import { expect, it } from 'vitest';
import { event, testId } from '../testing/event-builder.ts';
import { MapDraft } from '../testing/map-draft.ts';
import { ProfileWorld } from '../testing/profile-world.ts';
import { raise } from './alert-track.ts';
import { TEXTS_KEPT_MAX, TEXTS_TOLD_MAX } from './told-texts.ts';

interface Obeying {
  readonly day?: number;
  readonly text: string;
  readonly to?: readonly string[];
  readonly effect?: 'send' | 'pay';
}

/** What is told of each of these calls of one endless piece of work. */
function toldOf(calls: readonly Obeying[]) {
  const draft = new MapDraft();
  return calls.map(({ day = 0, text, to = [], effect = 'send' }, n) => {
    const now = new Date(Date.UTC(2026, 0, 5 + day, 9)).toISOString();
    const work = { chain_id: 'chain-endless', task: { id: 'endless' } };
    const one = event(n, { ...work, event_time: now, effect });
    const alarm = {
      ...({ kind: 'hijack_suspected', severity: 'high', ruleId: 'r', dedupeKey: 'k' } as const),
      ...{ title: 'T', summary: `${effect} for ${text}.`, notVisible: [], taxonomy: {} },
      evidence: [
        { eventId: testId(900), role: 'read_instruction', assurance: 'attested' as const },
      ],
      origins: to.map((fp) => ({ fp })),
      obeyed: { text, values: to },
    };
    const score = { facet: 'x', points: 4, weight: 1, reasons: [], alarm };
    const of = { policyVersion: 'p', registered: undefined, isUnregistered: false, now };
    return raise(draft, one, score, of)[0];
  });
}

const shown = (alert: ReturnType<typeof toldOf>[number]) =>
  alert && `${alert.summary} r${alert.revision} x${alert.count}`;

it('tells the third text of an endless piece of work at once, with its words, origins and incident', () => {
  const told = toldOf([
    { text: 'a', to: ['eve'] },
    { text: 'b', to: ['mallory'], day: 1 },
    { text: 'c', to: ['iban'], day: 2, effect: 'pay' },
  ]);
  expect(told.map(shown)).toEqual(['send for a. r1 x1', 'send for b. r1 x1', 'pay for c. r1 x1']);
  expect(told.map((one) => one?.origins)).toEqual([
    [{ fp: 'eve' }],
    [{ fp: 'mallory' }],
    [{ fp: 'iban' }],
  ]);
  expect(new Set(told.map((one) => one?.alert_id)).size).toBe(3);
  expect(new Set(told.map((one) => one?.incident_id)).size).toBe(3);
  expect(told[2]?.evidence[0]?.event_id).toBe(testId(2));
});

it('counts calls that obey one text, also those for which it gave nothing that is named', () => {
  const calls = [['eve'], [], ['eve'], [], ['eve']].map((to) => ({ text: 'a', to }));
  expect(toldOf(calls).map(shown)).toEqual([
    'send for a. r1 x1',
    'send for a. r2 x2',
    undefined,
    'send for a. r3 x4',
    undefined,
  ]);
});

it('tells another counterparty of one text', () => {
  const told = toldOf([['eve'], ['eve', 'mallory'], ['mallory']].map((to) => ({ text: 'a', to })));
  expect(told.map(shown)).toEqual(['send for a. r1 x1', 'send for a. r1 x1', 'send for a. r2 x2']);
});

it('bounds what a flood of texts tells in a day, and hides no other effect and no other day behind it', () => {
  const flood = Array.from({ length: 200 }, (_, n): Obeying => ({ text: `t${n}`, to: [`v${n}`] }));
  const told = toldOf([
    ...flood,
    { text: 'pay', to: ['iban'], effect: 'pay' },
    { text: 'later', to: ['eve'], day: 1 },
  ]);
  const ofFlood = told.slice(0, flood.length).filter((one) => one !== undefined);
  expect(new Set(ofFlood.map((one) => one.alert_id)).size).toBe(TEXTS_TOLD_MAX + 1);
  expect(ofFlood.length).toBeLessThan(TEXTS_TOLD_MAX + 10);
  expect(told.slice(flood.length).map(shown)).toEqual([
    'pay for pay. r1 x1',
    'send for later. r1 x1',
  ]);
});

it('forgets the earliest texts', () => {
  const days = Array.from(
    { length: 3 * TEXTS_KEPT_MAX },
    (_, day): Obeying => ({ day, text: `t${day}` }),
  );
  expect(toldOf(days).map((one) => one?.revision)).toEqual(days.map(() => 1));
});

it('tells each of three planted texts that an endless task obeys, and one that is read again once', () => {
  const task = {
    id: 'endless',
    purpose: { terms: ['read'], tokens: [], values: [], delegates: false },
  };
  const reads = (n: number, who: string) =>
    event(n, {
      task,
      tool: { name: 'read_inbox' },
      result: {
        passages: [{ actions: ['send'], mark: 0.98, tokens: ['list', who], ids: [who] }],
        free_text_ids: [who],
      },
    });
  const obeys = (n: number, who: string) =>
    event(n, {
      task,
      effect: 'send',
      tool: { name: 'send_email' },
      args: {
        items: [{ path: 'to', class: 'atom', tokens: ['list', who], ids: [who], id_like: true }],
      },
    });
  const told = new ProfileWorld()
    .feed(
      ...['eve', 'mallory', 'trudy', 'eve'].flatMap((who, n) => [
        reads(2 * n, who),
        obeys(2 * n + 1, who),
      ]),
    )
    .filter(({ kind }) => kind === 'hijack_suspected');
  expect(told.map(({ revision, evidence }) => [revision, evidence[0]?.event_id])).toEqual([
    [1, testId(1)],
    [1, testId(3)],
    [1, testId(5)],
    [2, testId(1)],
  ]);
  // Whoever looks into it finds the text at its source.
  expect(told[1]?.evidence[1]).toMatchObject({ role: 'read_instruction', native_id: 'call-2' });
});
