import { describe, expect, it } from 'vitest';
import { selects } from './policy.ts';

describe('a selector', () => {
  it.each([
    ['agent/mail', 'agent/mail', true],
    ['agent/mail', 'agent/mails', false],
    ['*', '', true],
    ['agent/*', 'agent/', true],
    ['agent/*', 'agents/mail', false],
    ['*mail', 'agent/mail', true],
    ['a*c*e', 'abcde', true],
    ['a*c*e', 'abde', false],
    ['ab*ba', 'aba', false],
    ['a*a*a', 'aa', false],
    ['a.c', 'abc', false],
    ['[a-z]*', 'b', false],
  ])('%s means %s: %s', (selector, name, means) => {
    expect(selects(selector, name)).toBe(means);
  });

  it('takes no longer than the text is long, however many stars it has', () => {
    expect(selects('*a'.repeat(128), 'a'.repeat(127))).toBe(false);
    expect(selects('*a'.repeat(128), 'a'.repeat(128))).toBe(true);
  });
});
