/**
 * Guarantees: each combination of the shipped pack is played that has one rank, and no other; a crowd that holds a
 * value makes it common under the shipped policy. The plots restate the pack by their author's own
 * reading; that both agree in meaning is the label checker's to show.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CROWD } from './manner.ts';
import { SCHEMES } from './scheme-list.ts';

const PACK = readFileSync(
  new URL('../../../../services/detector/policy/default.yaml', import.meta.url),
  'utf8',
);

test('the shipped combinations are played, every one and no other', () => {
  const [combinations = ''] = PACK.slice(PACK.search(/^combinations:/m)).split(/\n(?=[a-z_]+:)/);
  const shipped = [
    ...combinations.matchAll(/^ {2}- id: (\S+)$(?!(?:\n {4}.*)*\n {4}severity_usual:)/gm),
  ].map(([, id]) => id);
  expect(shipped.length).toBeGreaterThanOrEqual(17);
  expect([...new Set(SCHEMES.map((one) => one.combination))].sort()).toEqual(shipped.sort());
});

test('what a crowd has seen is too common to link by', () => {
  const [, chainsMax] = /chains_max: (\d+)/.exec(PACK) ?? [undefined, '8'];
  expect(CROWD).toBeGreaterThan(Number(chainsMax));
});
