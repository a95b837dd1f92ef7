/**
 * What every feature guarantees, whatever it looks for: held over all that are listed (`features.ts`), so that one that
 * is added is held to it without a line here. Over lives in which each of them is reached, which is counted.
 */
import { readFileSync } from 'node:fs';
import { validateAuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { FACETS } from './facets/registry.ts';
import { FEATURES, type Feature, ROWS } from './features.ts';
import { RULES } from './governance/findings.ts';
import { INDEX_TURNED, learnt, said, seen } from './testing/asked-features.ts';
import { freeze, StoredDraft } from './testing/guarded-drafts.ts';
import { mostKept } from './testing/hostile-events.ts';
import { climbing } from './testing/lived-episodes.ts';
import { toEvents } from './testing/lived-events.ts';
import { livedEvents, usual } from './testing/lived-world.ts';
import { MapDraft } from './testing/map-draft.ts';
import { pruned, turned } from './testing/turned-events.ts';

const LIFE = freeze(livedEvents(20261127));
const CLIMB = freeze(toEvents(climbing(usual, 55)));
const lifeOf = ({ name }: Feature) => (name === 'weak_signs' ? CLIMB : LIFE);

/** What is an alarm or nothing, and what scores most calls and alarms of a few. */
const ALARMING: ReadonlySet<string> = new Set([
  ...FACETS.filter(({ ranksOnly }) => ranksOnly !== true).map(({ name }) => name),
  ...Object.keys(RULES),
  ...['weak_signs', 'workload-volumes'],
]);

/** Which passage of a result it was says where it stood. */
const withoutPlaces = (text: string) => text.replaceAll(/passage \d+/g, 'passage');

/** Without the sentences, which quote the registry as it stands there. */
function withoutWords(text: string): string {
  return JSON.stringify(JSON.parse(text), (key, value: unknown) =>
    ['text', 'summary', 'title', 'expected', 'observed'].includes(key) ? undefined : value,
  );
}

/** Without what was read in the chain in hand, which is kept as it was read. */
function habitsOf(draft: MapDraft): MapDraft {
  const habits = new MapDraft();
  for (const [key, value] of draft.entries) {
    if (!key.includes('|context|') && !key.endsWith('|planted')) habits.put(key, value);
  }
  return habits;
}

/** The parts of an answer that say nothing in words. */
interface Answer {
  readonly alarm?: { readonly isSelfContained?: boolean };
}

describe('the features', () => {
  it.each(Object.entries(ROWS))('answer: %s', (_, names) => {
    const known = FEATURES.map(({ name }) => name);
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) expect(known).toContain(name);
  });

  it('stand each in a row, under one name', () => {
    const names = FEATURES.map(({ name }) => name);
    const rows = new Set(Object.values(ROWS).flat());
    expect(names.filter((name) => !rows.has(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(FEATURES.map(({ name, file }) => [name, file]))(
    '%s says by what method, on whose word and within what limits',
    (_, file) => {
      const text = readFileSync(new URL(file, import.meta.url), 'utf8');
      const opening = /^\/\*\*.*?\*\//s.exec(text)?.[0] ?? '';
      for (const word of [/\bMethod:/, /\bSource:/, /\bLimits?:/]) expect(opening).toMatch(word);
    },
  );
});

describe.each(FEATURES.map((feature) => [feature.name, feature] as const))('%s', (_, feature) => {
  const life = lifeOf(feature);
  const draft = new MapDraft();
  let once: readonly string[] = [];
  const told = () => {
    if (once.length === 0) once = said(feature, life, draft);
    return once;
  };

  it('is reached: of some calls it tells something, of others nothing', () => {
    const isTold = (one: string) =>
      ALARMING.has(feature.name) ? /"alarm":/.test(one) : one !== '[]';
    const count = told().filter(isTold).length;
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThan(life.length);
  });

  it('changes neither events nor state, and says the same from state that was stored and read anew', () => {
    const stored = new StoredDraft();
    expect(said(feature, freeze(structuredClone(life)), stored)).toEqual(told());
    const kept = [...stored.entries].map(([key, text]) => [key, JSON.parse(String(text))]);
    expect(JSON.stringify(kept)).toBe(JSON.stringify([...draft.entries]));
  });

  it('says and learns the same again', () => {
    const again = new MapDraft();
    expect(said(feature, structuredClone(life), again)).toEqual(told());
    expect(learnt(again)).toBe(learnt(draft));
  });

  it('does not depend on the order of what has none', () => {
    const other = new MapDraft();
    const turnedSaid = said(feature, life.map(turned), other);
    expect(turnedSaid.map(withoutPlaces)).toEqual(told().map(withoutPlaces));
    expect(learnt(habitsOf(other))).toBe(learnt(habitsOf(draft)));
  });

  it('does not depend on the order in which the registry lists what has none', () => {
    const verdicts = (texts: readonly string[]) => texts.map(withoutWords);
    const other = new MapDraft();
    expect(verdicts(said(feature, life, other, INDEX_TURNED))).toEqual(verdicts(told()));
    expect(learnt(other)).toBe(learnt(draft));
  });

  it('takes events of which little is told, and of values that nobody knows', () => {
    const events = pruned(life);
    for (const one of events) expect(validateAuditEvent(one)).toBe(true);
    const once = said(feature, events);
    expect(said(feature, events, new StoredDraft())).toEqual(once);
  });

  it('says nothing that needs a history of an agent that was never seen', () => {
    for (const one of life.filter((_one, n) => n % 5 === 0)) {
      for (const answer of seen(feature, new MapDraft(), one) as readonly Answer[]) {
        if (answer.alarm !== undefined) expect(answer.alarm.isSelfContained).toBe(true);
      }
    }
  });

  it('keeps a bounded state of an agent of which everything is made up, for as long as it likes', () => {
    const kept = new MapDraft();
    const grown = (span: readonly [number, number]) =>
      mostKept(
        (one) => seen(feature, kept, one),
        () => learnt(kept).length,
        span,
      );
    const before = grown([0, 1100]);
    expect(grown([1100, 1700])).toBeLessThan(before * 1.02 + 256);
  });
});
