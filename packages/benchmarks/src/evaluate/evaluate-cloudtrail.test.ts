/** What the ranking of techniques guarantees: alerting on everything gains nothing. */
import { describe, expect, it } from 'vitest';
import { alertsOf, rankTechniques, roleChains, type ScoredRecord } from './evaluate-cloudtrail.ts';

const record = (actor: string, score: number, technique?: string): ScoredRecord => ({
  actor,
  score,
  technique,
});
const many = (n: number, actor: string, score: number) =>
  Array.from({ length: n }, () => record(actor, score));

describe('alerts of actors', () => {
  it('are one for each fifty records, the highest scored', () => {
    const records = [...many(49, 'a', 1), record('a', 3, 't-1'), ...many(10, 'a', 2)];
    expect(alertsOf(records)).toEqual([record('a', 3, 't-1'), record('a', 2)]);
  });

  it('are none where nothing scores, and apart for each actor', () => {
    expect(alertsOf([...many(60, 'a', 0), record('b', 1)])).toEqual([record('b', 1)]);
  });
});

describe('the rank of a technique', () => {
  const ordinary = [record('a', 1), record('b', 2), record('c', 3), record('d', 4)];

  it('is where its best record stands among ordinary alerts', () => {
    const [rank] = rankTechniques(ordinary, [record('x', 1, 't'), record('x', 3.5, 't')]);
    expect(rank).toEqual({ technique: 't', records: 2, seen: true, above: 0.75 });
  });

  it('is unseen when another of its actor’s records took the alert', () => {
    const ranks = rankTechniques(ordinary, [record('x', 9, 'loud'), record('x', 8, 'still')]);
    expect(ranks.map((one) => [one.technique, one.seen])).toEqual([
      ['loud', true],
      ['still', false],
    ]);
  });
});

describe('chains of assumed roles', () => {
  it('are listed once each with their calls, and calls without a role are not', () => {
    const through = (...assumedBy: readonly string[]) => ({
      ...record('role/admin', 1),
      assumedBy,
    });
    expect(
      roleChains([
        through('user/ana', 'role/reader'),
        record('user/ana', 1),
        through('user/ana', 'role/reader'),
        through('user/bea'),
      ]),
    ).toEqual([
      { chain: ['user/ana', 'role/reader', 'role/admin'], calls: 2 },
      { chain: ['user/bea', 'role/admin'], calls: 1 },
    ]);
  });
});
