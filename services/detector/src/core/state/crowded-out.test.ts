/** Guarantees: nobody's best are pushed out by what another brings, and order of coming decides nothing. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evictedOf } from './crowded-out.ts';

interface Thing {
  readonly of: string;
  readonly worth: number;
}

const MAX = 12;
const crowd = {
  owner: (one: Thing) => one.of,
  order: (a: Thing, b: Thing) => b.worth - a.worth || (a.of < b.of ? -1 : Number(a.of > b.of)),
  max: MAX,
};
const things = fc.uniqueArray(
  fc.record({ of: fc.constantFrom('a', 'b', 'c', 'd'), worth: fc.integer({ min: 0, max: 99 }) }),
  { maxLength: 60, selector: ({ of, worth }) => `${of}${worth}` },
);

function retained(all: readonly Thing[]): readonly Thing[] {
  const out = new Set(evictedOf(all, crowd));
  return all.filter((one) => !out.has(one));
}

const sorted = (all: readonly Thing[]) => [...all].sort(crowd.order);

describe('of too many', () => {
  it('as many stay as there is room for', () => {
    fc.assert(
      fc.property(things, (all) => {
        expect(retained(all)).toHaveLength(Math.min(MAX, all.length));
      }),
    );
  });

  it('each owner keeps its best share, however many others bring', () => {
    fc.assert(
      fc.property(things, (all) => {
        const owners = new Set(all.map(crowd.owner));
        const safe = Math.floor(MAX / Math.max(1, owners.size));
        const left = retained(all);
        for (const owner of owners) {
          const best = sorted(all.filter(({ of }) => of === owner)).slice(0, safe);
          expect(left).toEqual(expect.arrayContaining(best));
        }
      }),
    );
  });

  it('the same stay, whether they come one by one, in any order, or at once', () => {
    fc.assert(
      fc.property(things, (all) => {
        let oneByOne: readonly Thing[] = [];
        for (const one of all) oneByOne = retained([...oneByOne, one]);
        expect(sorted(oneByOne)).toEqual(sorted(retained(all)));
      }),
    );
  });
});
