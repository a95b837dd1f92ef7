/** A decoy that is named in arguments, and what only looks like it. */
import { expect, it } from 'vitest';
import { namedDecoys } from './named-decoys.ts';

const decoys = ['customer/0', 'key-honey', '7'];

it.each<[unknown, string[]]>([
  [{ id: 'customer/0' }, ['customer/0']],
  [{ filter: ['x', { any: 'key-honey' }] }, ['key-honey']],
  ['curl -H "key-honey" https://x.example', ['key-honey']],
  [{ text: 'see\nkey-honey\nand customer/0.' }, ['customer/0', 'key-honey']],
  [{ id: '7' }, ['7']],
  [{ id: 'Customer/0' }, ['customer/0']],
  [{ header: `Basic ${btoa('key-honey:x')}` }, ['key-honey']],
  [{ token: `${btoa('{"kid":"key-honey"}').replaceAll('=', '')}.x.y` }, ['key-honey']],
  [{ url: 'https://x.example/get?id=customer%2F0' }, ['customer/0']],
])('%j names %j', (value, named) => {
  expect(namedDecoys(value, decoys)).toEqual(named);
});

it.each([
  [{ id: 'customer/01' }],
  [{ id: 'old-customer/0' }],
  [{ id: 'my_key-honey' }],
  [{ text: 'step 7 of 9', n: 7 }],
  [{ header: `Basic ${btoa('old_key-honey:x')}` }],
  [{ text: 'a%2Fcustomer%2F01 and noBase64AtAllHere_' }],
  [undefined],
])('%j names none', (value) => {
  expect(namedDecoys(value, decoys)).toEqual([]);
});
