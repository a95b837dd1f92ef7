/**
 * Every alert says how sure it is, in words and never with a number that nobody worked out. Counted before
 * is said as what it is; where nothing is counted, what stands in its place.
 */
import { CONFIDENCE_BASES } from '@waywarden/schemas';
import { expect, it } from 'vitest';
import { howSure, restsOn } from './how-sure.ts';

const of = { decisive_assurance: 'authenticated', evaluable: true } as const;

it('says a number only where there is one, with what it takes for granted', () => {
  const sure = howSure({ ...of, confidence: 0.824, confidence_basis: 'p_value' });
  expect(sure).toMatch(/^82 %, by how rarely chance .* one agent-day in fifty/);
  expect(howSure({ ...of, confidence: 1, confidence_basis: 'p_value' })).toMatch(/^Over 99 %/);
});

it.each(CONFIDENCE_BASES.filter((one) => one !== 'p_value'))(
  'says why there is none: %s',
  (basis) => {
    const sure = howSure({ ...of, confidence: null, confidence_basis: basis });
    expect(sure).toContain('No number: ');
    expect(sure).not.toContain('%');
  },
);

it('of what earlier or later versions told says that much', () => {
  expect(howSure({ ...of, confidence: null })).toContain('No number');
  expect(howSure({ ...of, confidence: null, confidence_basis: 'newer' })).toContain('No number');
  expect(howSure({ ...of, confidence: 0.5 })).toContain('50 %');
});

it('says whom the telemetry proves, and what was not heard', () => {
  const rule = { confidence: null, confidence_basis: 'rule' };
  expect(howSure({ ...of, ...rule })).toContain('Who did it is authenticated.');
  const asserted = { ...rule, decisive_assurance: 'asserted', evaluable: false } as const;
  expect(howSure(asserted)).toMatch(/nothing proves.*not heard/);
});

it('calls days no calls, and calls what they are', () => {
  const calls = { feature: 'first_tool', level: 'agent', baseline_n: 273 };
  expect(restsOn(calls, 'p_value')).toBe('273 earlier calls');
  const days = { feature: 'call_rate', level: 'agent', baseline_n: 14 };
  expect(restsOn(days, 'p_value')).toBe('14 earlier, of what is expected');
  expect(restsOn({ ...calls, level: 'peer group', baseline_n: 20 }, 'p_value')).not.toContain(
    'call',
  );
});

it('says what stands in its place where nothing is counted', () => {
  const none = { feature: 'instruction_match', level: 'agent' };
  expect(restsOn(none, 'text')).toBe('the text that was read, no history');
  expect(restsOn(none, 'rule')).toBe('a rule, no history');
  expect(restsOn(none, 'history')).toBe('–');
});
