import { describe, expect, it } from 'vitest';
import { SharedEnding } from './shared-ending.ts';

const never = () => new Promise<never>(() => undefined);

describe('an ending that many wait for', () => {
  it('gives each its own work while nothing has ended', async () => {
    const ending = new SharedEnding(never());
    expect(await ending.race(Promise.resolve('done'))).toBe('done');
    await expect(ending.race(Promise.reject(new Error('broke')))).rejects.toThrow('broke');
  });

  it('ends all that wait, and who comes later, as it ended itself', async () => {
    let fail: (error: Error) => void = () => undefined;
    const ending = new SharedEnding(
      new Promise<never>((_, reject) => {
        fail = reject;
      }),
    );
    const waiting = [ending.race(never()), ending.race(never())];
    fail(new Error('the log is damaged'));
    for (const one of waiting) await expect(one).rejects.toThrow('the log is damaged');
    await expect(ending.race(Promise.resolve('late'))).rejects.toThrow('the log is damaged');
  });
});
