/** What is counted before is said as what it is, and where nothing is counted, what stands in its place. */
import { expect, it } from 'vitest';
import { restsOn } from './rests-on.ts';

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
