/** What tables of fingerprints promise: their size, what they forget first, and what they never take for known. */
import { shortPrint } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { digits, print, recordTable } from '../../domain/record-table.ts';
import { agentKeyOf, agentStateKey, readAgentKey } from './agent-key.ts';
import { NO_PRINTS, warmUp } from './settled-prints.ts';

describe('a table of records', () => {
  const table = recordTable({ who: print(2), ms: digits(7), count: digits(2) }, 3);

  it('gives back what was stored, and what is too large as the largest', () => {
    for (const ms of [0, 1, 63, 64, 4095, 1_777_900_000_000]) {
      const stored = table.add('', { who: 'abc', ms, count: 5000 });
      expect(table.all(stored)).toEqual([{ who: 'ab', ms, count: 4095 }]);
    }
  });

  it('finds records where they begin and nowhere between', () => {
    const pairs = recordTable({ who: print(2), rest: print(3) }, 3);
    expect(pairs.has('abcdXXcdeX', 'cd')).toBe(false);
    expect(pairs.find('abcdXcdeXX', 'cd')).toEqual({ who: 'cd', rest: 'eXX' });
  });

  it('forgets the first beyond its most, replaces in place, and removes one alone', () => {
    const all = ['aa', 'bb', 'cc', 'dd'].reduce(
      (stored, who, ms) => table.add(stored, { who, ms, count: 0 }),
      '',
    );
    expect(table.all(all).map(({ who }) => who)).toEqual(['bb', 'cc', 'dd']);
    const replaced = table.replace(all, 1, { who: 'ee', ms: 9, count: 1 });
    expect(table.all(replaced).map(({ who }) => who)).toEqual(['bb', 'ee', 'dd']);
    const left = table.without(replaced, table.indexOf(replaced, 'bb'));
    expect(table.all(left).map(({ ms }) => ms)).toEqual([9, 3]);
    expect(table.without(left, table.indexOf(left, 'bb'))).toBe(left);
  });
});

describe('what settles', () => {
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

  it('is bounded: what is on the way is forgotten, and a flood of it pushes out nothing settled', () => {
    let prints = inChains(NO_PRINTS, 'own', 'a', 'b', 'c');
    for (let n = 0; n < 100; n += 1) prints = sight(prints, `flood-${n}`, 'x');
    expect(knows(prints, 'own')).toBe(true);
    expect(prints.waiting.length).toBe(8 * 7);
  });

  it('stays while it is met among others that settle, and else makes room', () => {
    let prints = inChains(inChains(NO_PRINTS, 'kept', 'a', 'b', 'c'), 'left', 'a', 'b', 'c');
    for (let n = 0; n < 12; n += 1) {
      prints = inChains(prints, `other-${n}`, 'a', 'b', 'c');
      prints = sight(prints, 'kept', `chain-${n}`);
    }
    expect(knows(prints, 'kept')).toBe(true);
    expect(knows(prints, 'left')).toBe(false);
    expect(prints.warmedUp.length).toBe(4 * 4);
  });
});

const NAMES = ['clock', 'volume', 'places'];

describe('the key of an agent', () => {
  it('is short whatever the uid, and of one agent and tenant only', () => {
    const of = (tenant_id: string, uid: string) =>
      agentStateKey({ tenant_id, agent: { uid } }, 'standing');
    expect(of('acme', 'x'.repeat(2048)).length).toBeLessThan(64);
    expect(new Set([of('acme', 'a'), of('acme', 'b'), of('other', 'a')]).size).toBe(3);
    expect(of('acme', 'a')).toBe(agentKeyOf('acme', 'a', 'standing'));
  });

  it('is another for each name, and tells which', () => {
    const keys = NAMES.map((name) => agentKeyOf('acme', 'a', name));
    expect(new Set(keys).size).toBe(NAMES.length);
    const chain = agentKeyOf('acme', 'a', 'context', 'c|1');
    expect([...keys, chain].map((key) => readAgentKey(key)?.name)).toEqual([
      ...NAMES,
      'context|c|1',
    ]);
    expect(new Set([...keys, chain].map((key) => readAgentKey(key)?.agent)).size).toBe(1);
    expect(readAgentKey('listened')).toBeUndefined();
  });
});
