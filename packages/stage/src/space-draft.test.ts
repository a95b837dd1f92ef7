import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SpaceTransaction } from './space-draft.ts';

/** The same, said without cleverness: three layers of maps over a disk. */
class Model {
  disk = new Map<string, number>();
  batch = new Map<string, number>();
  record = new Map<string, number>();

  forget(): void {
    this.record = new Map(this.batch);
  }

  keep(): void {
    this.batch = new Map(this.record);
  }

  store(): void {
    this.disk = new Map(this.batch);
  }

  abandon(): void {
    this.batch = new Map(this.disk);
    this.record = new Map(this.disk);
  }
}

const KEYS = ['a', 'b', 'c', 'd', 'e'];
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('get'), key: fc.constantFrom(...KEYS) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('put'), key: fc.constantFrom(...KEYS) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete'), key: fc.constantFrom(...KEYS) }) },
  fc.record({ do: fc.constantFrom('keep', 'forget', 'store', 'abandon'), key: fc.constant('') }),
);

describe('a draft of a space', () => {
  it('is three layers over a disk, however small its memory', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 60 }),
        fc.integer({ min: 1, max: 4 }),
        (steps, max) => {
          const disk = new Map<string, number>([['a', -1]]);
          const transaction = new SpaceTransaction((key) => disk.get(key), max);
          const model = new Model();
          model.disk.set('a', -1);
          model.abandon();
          steps.forEach(({ do: what, key }, at) => {
            if (what === 'get') expect(transaction.get(key)).toBe(model.record.get(key));
            if (what === 'put') {
              transaction.put(key, at);
              model.record.set(key, at);
            }
            if (what === 'delete') {
              transaction.delete(key);
              model.record.delete(key);
            }
            if (what === 'forget') {
              transaction.forget();
              model.forget();
            }
            if (what === 'keep' || what === 'store') {
              transaction.keep();
              model.keep();
            }
            if (what === 'store') {
              for (const [name, value] of transaction.changes()) {
                if (value === undefined) disk.delete(name);
                else disk.set(name, value as number);
              }
              transaction.stored();
              model.store();
              expect(new Map([...disk].sort())).toEqual(new Map([...model.disk].sort()));
            }
            if (what === 'abandon') {
              transaction.abandon();
              model.abandon();
            }
          });
          for (const key of KEYS) expect(transaction.get(key)).toBe(model.record.get(key));
        },
      ),
      { seed: 20261124, numRuns: 2000 },
    );
  });

  it('does not read from disk what it was told, nor twice what is absent', () => {
    const read: string[] = [];
    const transaction = new SpaceTransaction((key) => {
      read.push(key);
      return undefined;
    });
    transaction.put('told', 1);
    transaction.keep();
    transaction.get('told');
    transaction.get('absent');
    transaction.get('absent');
    transaction.stored();
    transaction.get('absent');
    expect(read).toEqual(['absent']);
  });

  it('holds no more than its bound after a batch, and whoever was looked up again stays', () => {
    let reads = 0;
    const transaction = new SpaceTransaction(() => {
      reads += 1;
      return undefined;
    }, 10);
    const readsOf = (keys: readonly string[]): number => {
      const before = reads;
      for (const key of keys) transaction.get(key);
      return reads - before;
    };
    const active = ['a', 'b', 'c', 'd'];
    readsOf(active);
    for (let batch = 0; batch < 20; batch += 1) {
      expect(readsOf(active)).toBe(0);
      readsOf(Array.from({ length: 5 }, (_, at) => `once/${batch}/${at}`));
      transaction.stored();
    }
    expect(readsOf(active)).toBe(0);
    // Of the last hundred that were looked up once, as many as there is room for are still known.
    const once = Array.from({ length: 100 }, (_, at) => `once/${Math.floor(at / 5)}/${at % 5}`);
    expect(readsOf(once)).toBe(94);
  });
});
