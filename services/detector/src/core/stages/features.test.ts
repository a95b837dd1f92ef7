/** What a call teaches: doubt about what it is for, and quarantine of what was alarmed on. */
import { type AuditEvent, validateAuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import type { Flag } from '../baselines/feature.ts';
import { INDEX_TURNED, learnt, QUESTIONS, said, seen } from '../testing/asked-features.ts';
import { event } from '../testing/event-builder.ts';
import { freeze, StoredTransaction } from '../testing/guarded-drafts.ts';
import { mostStored } from '../testing/hostile-events.ts';
import { livedEvents } from '../testing/lived-world.ts';
import { MapTransaction } from '../testing/map-draft.ts';
import { pruned, turned } from '../testing/turned-events.ts';
import { FEATURES, learnCall, scoreCall } from './features.ts';

const DAY_MS = 86_400_000;
const at = (day: number, second: number) =>
  new Date(Date.UTC(2026, 0, 5, 9) + day * DAY_MS + second * 1000).toISOString();

/** Ten days of twenty calls under this flag. */
function after(flag: Flag, over: Partial<AuditEvent> = {}): MapTransaction {
  const transaction = new MapTransaction();
  for (let day = 0; day < 10; day += 1) {
    for (let n = 0; n < 20; n += 1) {
      const call = event(day * 100 + n, { event_time: at(day, n), ...over });
      scoreCall(transaction, call);
      learnCall(transaction, call, flag);
    }
  }
  return transaction;
}

const alarms = (transaction: MapTransaction, call: AuditEvent) =>
  scoreCall(transaction, call).features.filter(({ alarm }) => alarm !== undefined);

describe('what a call teaches', () => {
  it.each(['clear', 'doubtful'] as const)(
    'what is %s counts: a day like those before it is nothing odd',
    (flag) => {
      const transaction = after(flag);
      for (let n = 0; n < 20; n += 1) {
        const call = event(2000 + n, { event_time: at(10, n) });
        expect(alarms(transaction, call)).toEqual([]);
        learnCall(transaction, call, 'clear');
      }
    },
  );

  it('makes a value known at once, after days of doubt, and after a week of alarms', () => {
    const tool = { name: 'delete_all', server: 'db' };
    const points = (flag: Flag) => {
      const transaction = after('clear');
      const call = event(5000, { event_time: at(10, 0), tool, effect: 'delete' });
      learnCall(transaction, call, flag);
      const again = event(5001, { event_time: at(10, 60), tool, effect: 'delete' });
      return scoreCall(transaction, again).features.find(({ feature }) => feature === 'first_tool');
    };
    expect(points('clear')?.reasons()[0]?.observed).toBe('1 time before');
    expect(points('doubtful')?.reasons()[0]?.observed).toBe('never before');
    expect(points('flagged')?.reasons()[0]?.observed).toBe('never before');
  });
});

const LIFE = freeze(livedEvents(20261127));
/** Those whose case no lived day has; their own tests reach them. */
const NOT_LIVED: ReadonlySet<string> = new Set(['telemetry-gap', 'acting_hours']);

/** Which passage of a result it was says where it stood. */
const withoutPlaces = (text: string) => text.replaceAll(/passage \d+/g, 'passage');

/** Without the sentences, which quote the registry as it stands there. */
function withoutWords(text: string): string {
  return JSON.stringify(JSON.parse(text), (key, value: unknown) =>
    ['text', 'summary', 'title', 'expected', 'observed'].includes(key) ? undefined : value,
  );
}

/** Without what was read in the chain in hand, which is stored as it was read. */
function habitsOf(transaction: MapTransaction): MapTransaction {
  const habits = new MapTransaction();
  for (const [key, value] of transaction.entries) {
    if (!key.includes('|context|') && !key.endsWith('|planted')) habits.put(key, value);
  }
  return habits;
}

/** The parts of an answer that say nothing in words. */
interface Answer {
  readonly alarm?: { readonly claims?: { readonly isSelfContained?: boolean } };
}

it('features have names of their own', () => {
  expect(new Set(FEATURES.map(({ name }) => name)).size).toBe(FEATURES.length);
});

describe.each(QUESTIONS.map((one) => [one.name, one] as const))('%s', (_, feature) => {
  const life = LIFE;
  const transaction = new MapTransaction();
  let once: readonly string[] = [];
  const told = () => {
    if (once.length === 0) once = said(feature, life, transaction);
    return once;
  };

  it.skipIf(NOT_LIVED.has(feature.name))('alarms on some calls, and not on others', () => {
    const count = told().filter((one) => /"alarm":/.test(one)).length;
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThan(life.length);
  });

  it('changes neither events nor state, and says the same from state that was stored and read anew', () => {
    const stored = new StoredTransaction();
    expect(said(feature, freeze(structuredClone(life)), stored)).toEqual(told());
    const retained = [...stored.entries].map(([key, text]) => [key, JSON.parse(String(text))]);
    expect(JSON.stringify(retained)).toBe(JSON.stringify([...transaction.entries]));
  });

  it('says and learns the same again', () => {
    const again = new MapTransaction();
    expect(said(feature, structuredClone(life), again)).toEqual(told());
    expect(learnt(again)).toBe(learnt(transaction));
  });

  it('does not depend on the order of what has none', () => {
    const other = new MapTransaction();
    const turnedClaimed = said(feature, life.map(turned), other);
    expect(turnedClaimed.map(withoutPlaces)).toEqual(told().map(withoutPlaces));
    expect(learnt(habitsOf(other))).toBe(learnt(habitsOf(transaction)));
  });

  it('does not depend on the order in which the registry lists what has none', () => {
    const verdicts = (texts: readonly string[]) => texts.map(withoutWords);
    const other = new MapTransaction();
    expect(verdicts(said(feature, life, other, INDEX_TURNED))).toEqual(verdicts(told()));
    expect(learnt(other)).toBe(learnt(transaction));
  });

  it('takes events of which little is told, and of values that nobody knows', () => {
    const events = pruned(life);
    for (const one of events) expect(validateAuditEvent(one)).toBe(true);
    const once = said(feature, events);
    expect(said(feature, events, new StoredTransaction())).toEqual(once);
  });

  it('says nothing that needs a history of an agent that was never seen', () => {
    for (const one of life.filter((_one, n) => n % 5 === 0)) {
      for (const answer of seen(feature, new MapTransaction(), one) as readonly Answer[]) {
        if (answer.alarm !== undefined) expect(answer.alarm.claims?.isSelfContained).toBe(true);
      }
    }
  });

  it('keeps a bounded state of an agent of which everything is made up, for as long as it likes', () => {
    const retained = new MapTransaction();
    const grown = (span: readonly [number, number]) =>
      mostStored(
        (one) => seen(feature, retained, one),
        () => learnt(retained).length,
        span,
      );
    const before = grown([0, 1100]);
    expect(grown([1100, 1700])).toBeLessThan(before * 1.02 + 256);
  });
});
