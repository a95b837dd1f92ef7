import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SpaceDraft } from './space-draft.ts';

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
          const draft = new SpaceDraft((key) => disk.get(key), max);
          const model = new Model();
          model.disk.set('a', -1);
          model.abandon();
          steps.forEach(({ do: what, key }, at) => {
            if (what === 'get') expect(draft.get(key)).toBe(model.record.get(key));
            if (what === 'put') {
              draft.put(key, at);
              model.record.set(key, at);
            }
            if (what === 'delete') {
              draft.delete(key);
              model.record.delete(key);
            }
            if (what === 'forget') {
              draft.forget();
              model.forget();
            }
            if (what === 'keep' || what === 'store') {
              draft.keep();
              model.keep();
            }
            if (what === 'store') {
              for (const [name, value] of draft.changes()) {
                if (value === undefined) disk.delete(name);
                else disk.set(name, value as number);
              }
              draft.stored();
              model.store();
              expect(new Map([...disk].sort())).toEqual(new Map([...model.disk].sort()));
            }
            if (what === 'abandon') {
              draft.abandon();
              model.abandon();
            }
          });
          for (const key of KEYS) expect(draft.get(key)).toBe(model.record.get(key));
        },
      ),
      { seed: 20261124, numRuns: 2000 },
    );
  });

  it('does not read from disk what it was told, nor twice what is absent', () => {
    const read: string[] = [];
    const draft = new SpaceDraft((key) => {
      read.push(key);
      return undefined;
    });
    draft.put('told', 1);
    draft.keep();
    draft.get('told');
    draft.get('absent');
    draft.get('absent');
    draft.stored();
    draft.get('absent');
    expect(read).toEqual(['absent']);
  });

  it('holds no more than its bound after a batch, and whoever was looked up again stays', () => {
    let reads = 0;
    const draft = new SpaceDraft(() => {
      reads += 1;
      return undefined;
    }, 10);
    const readsOf = (keys: readonly string[]): number => {
      const before = reads;
      for (const key of keys) draft.get(key);
      return reads - before;
    };
    const active = ['a', 'b', 'c', 'd'];
    readsOf(active);
    for (let batch = 0; batch < 20; batch += 1) {
      expect(readsOf(active)).toBe(0);
      readsOf(Array.from({ length: 5 }, (_, at) => `once/${batch}/${at}`));
      draft.stored();
    }
    expect(readsOf(active)).toBe(0);
    // Of the last hundred that were looked up once, as many as there is room for are still known.
    const once = Array.from({ length: 100 }, (_, at) => `once/${Math.floor(at / 5)}/${at % 5}`);
    expect(readsOf(once)).toBe(94);
  });
});
