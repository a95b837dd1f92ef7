import { describe, expect, it } from 'vitest';
import { sliceOf, Turns } from './turns.ts';

const SENDER = { tenant: 'acme', source: 'sdk/load' };

/** Turns on a clock and a loop that the test moves. */
function world() {
  let now = 0;
  let next: (() => void) | undefined;
  const turns = new Turns({
    nowMs: () => now,
    afterSockets: (run) => {
      next = run;
    },
  });
  const done: string[] = [];
  return {
    turns,
    done,
    /** A request of some slices, each of some milliseconds. */
    async request(name: string, slices: number, ms: number, sender = SENDER) {
      for (let i = 0; i < slices; i++) {
        await turns.run(sender, () => {
          now += ms;
          done.push(name);
        });
      }
    },
    /** The loop looks at its sockets, which takes so long; then it is the work's turn. */
    async loop(socketsMs: number) {
      now += socketsMs;
      const run = next;
      next = undefined;
      run?.();
      for (let i = 0; i < 10; i++) await Promise.resolve();
      return run !== undefined;
    },
  };
}

describe('Turns', () => {
  it('gives each request one slice before any gets its second', async () => {
    const { done, request, loop } = world();
    void request('large', 3, 10);
    void request('small', 1, 10);
    void request('other', 1, 10);
    while (await loop(0));
    expect(done).toEqual(['large', 'small', 'other', 'large', 'large']);
  });

  it('gives a source with one request as many turns as one with sixty', async () => {
    const { done, request, loop } = world();
    for (let i = 0; i < 60; i++) void request('flood', 3, 10);
    void request('gateway', 3, 10, { tenant: 'acme', source: 'gateway/main' });
    while (!done.includes('gateway')) await loop(10);
    expect(done.length).toBeLessThanOrEqual(2);
    while (done.filter((name) => name === 'gateway').length < 3) await loop(10);
    expect(done.length).toBeLessThanOrEqual(7);
  });

  it('gives a tenant with one source as many turns as one with many', async () => {
    const { done, request, loop } = world();
    for (let i = 0; i < 60; i++) {
      void request('flood', 1, 10, { tenant: 'acme', source: `sdk/${i}` });
    }
    void request('other', 1, 10, { tenant: 'other', source: 'sdk/one' });
    while (!done.includes('other')) await loop(10);
    expect(done.length).toBeLessThanOrEqual(2);
    while (await loop(10));
    expect(done).toHaveLength(61);
  });

  it('looks at the sockets between slices, and works as long as that took', async () => {
    const { done, request, loop } = world();
    for (const name of ['a', 'b', 'c', 'd', 'e']) void request(name, 1, 10);
    await loop(0);
    expect(done).toHaveLength(1);
    await loop(25);
    expect(done).toHaveLength(4);
  });

  it('never works much longer in one go than 40 milliseconds', async () => {
    const { done, request, loop } = world();
    for (let i = 0; i < 64; i++) void request(`${i}`, 1, 10);
    await loop(5_000);
    expect(done).toHaveLength(4);
  });

  it('takes on new connections first, but not for ever', async () => {
    const { turns, done, request, loop } = world();
    void request('a', 1, 10);
    for (let i = 0; i < 3; i++) {
      turns.arrival();
      await loop(10);
      expect(done).toEqual([]);
    }
    turns.arrival();
    await loop(10);
    expect(done).toEqual(['a']);
  });

  it('hands on what a slice throws, and goes on', async () => {
    const { turns, done, request, loop } = world();
    const broken = turns.run(SENDER, () => {
      throw new Error('a slice broke');
    });
    const rejected = expect(broken).rejects.toThrow('a slice broke');
    void request('a', 1, 10);
    while (await loop(0));
    await rejected;
    expect(done).toEqual(['a']);
  });
});

describe('sliceOf', () => {
  const items = (count: number, bytes: number) =>
    Array.from({ length: count }, (_, i) => ({ input: {}, line: i + 1, bytes: 'x'.repeat(bytes) }))[
      Symbol.iterator
    ]();

  it('is bounded by events and by bytes, and leaves the rest', () => {
    const small = items(100, 10);
    expect(sliceOf(small)).toMatchObject({ slice: { length: 64 }, isLast: false });
    expect(sliceOf(small)).toMatchObject({ slice: { length: 36 }, isLast: true });
    expect(sliceOf(items(100, 70_000)).slice).toHaveLength(2);
  });
});
