/** What is warmed up, and what makes room first. */
import { shortPrint } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { NO_PRINTS, warmUp } from './warm-up.ts';

describe('what warms up', () => {
  const some = warmUp({ chains: 3, warmedUpMax: 4, waitingMax: 8 });
  const sight = (prints: typeof NO_PRINTS, name: string, chain: string) =>
    some.withObservation(prints, { print: shortPrint(name, 4), chain: shortPrint(chain, 4) });
  const inChains = (prints: typeof NO_PRINTS, name: string, ...chains: readonly string[]) =>
    chains.reduce((now, chain) => sight(now, name, chain), prints);
  const knows = (prints: typeof NO_PRINTS, name: string) =>
    some.isWarmedUp(prints, shortPrint(name, 4));

  it('has stood in three chains, one of which counts once however often it repeats', () => {
    const repeated = inChains(NO_PRINTS, 'eve', 'a', 'a', 'a', 'a', 'b', 'b');
    expect(knows(repeated, 'eve')).toBe(false);
    expect(knows(sight(repeated, 'eve', 'c'), 'eve')).toBe(true);
  });

  it('is bounded: what is on the way is forgotten, and a flood of it pushes out nothing warmed up', () => {
    let prints = inChains(NO_PRINTS, 'own', 'a', 'b', 'c');
    for (let n = 0; n < 100; n += 1) prints = sight(prints, `flood-${n}`, 'x');
    expect(knows(prints, 'own')).toBe(true);
    expect(prints.waiting.length).toBe(8 * 7);
  });

  it('stays while it is met among others that warm up, and else makes room', () => {
    let prints = inChains(inChains(NO_PRINTS, 'met', 'a', 'b', 'c'), 'left', 'a', 'b', 'c');
    for (let n = 0; n < 12; n += 1) {
      prints = inChains(prints, `other-${n}`, 'a', 'b', 'c');
      prints = sight(prints, 'met', `chain-${n}`);
    }
    expect(knows(prints, 'met')).toBe(true);
    expect(knows(prints, 'left')).toBe(false);
    expect(prints.warmedUp.length).toBe(4 * 4);
  });
});
