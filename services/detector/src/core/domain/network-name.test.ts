/** One address is one place, however its source spells it. */
import { describe, expect, it } from 'vitest';
import { addressOf, networkOf } from './network-name.ts';

describe('an address', () => {
  it.each<[string, string, string[]]>([
    ['2001:db8:1::5', '2001:db8:1', ['[2001:db8:1::5]', '[2001:db8:1::5]:443']],
    ['2001:db8:1::5', '2001:db8:1', ['2001:0db8:0001::5', '2001:DB8:1:0:0:0:0:5']],
    ['fe80::1:2', 'fe80:0:0', ['fe80::1:2%eth0', 'fe80:0:0:0:0:0:1:2']],
    ['203.0.113.9', '203.0.113', ['::ffff:203.0.113.9', '::ffff:cb00:7109']],
    ['203.0.113.9', '203.0.113', ['0:0:0:0:0:FFFF:cb00:7109', '203.0.113.9:50123']],
    ['2001:db8::203.0.113.9', '2001:db8:0', ['2001:db8::cb00:7109']],
    ['::1', '0:0:0', ['0:0:0:0:0:0:0:1']],
  ])('%s is one in every spelling', (ip, network, others) => {
    expect([ip, ...others].map(networkOf)).toEqual([ip, ...others].map(() => network));
    expect(others.map(addressOf)).toEqual(others.map(() => addressOf(ip)));
  });

  it('keeps apart what differs', () => {
    const all = [
      '::1',
      '::2',
      '2001:db8:1::5',
      '2001:db8:1:5::',
      '2001:db8:1:0:5::',
      '::cb00:7109',
    ];
    expect(new Set(all.map((ip) => JSON.stringify(addressOf(ip)))).size).toBe(all.length);
  });

  it.each([
    'cloudtrail.amazonaws.com',
    '1::2::3',
    '1:2:3',
    '2001:db8:1::12345',
    '1:2:3:4:5:6:7:8:9',
  ])('is none, and no failure: %s', (ip) => {
    expect(typeof networkOf(ip)).toBe('string');
  });
});
