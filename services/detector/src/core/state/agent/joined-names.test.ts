import { describe, expect, it } from 'vitest';
import { asText, JoinedNames, toolName } from './joined-names.ts';

describe('JoinedNames', () => {
  it('gives two names as one, whichever were asked for before', () => {
    const names = new JoinedNames('/', asText);
    expect(names.of('a', 'b/c')).toBe('a/b/c');
    expect(names.of('a/b', 'c')).toBe('a/b/c');
    expect(names.of('b', 'a')).toBe('b/a');
  });

  it('makes what is remembered once, and again after more names than there is room for', () => {
    const made: string[] = [];
    const names = new JoinedNames('|', (text) => {
      made.push(text);
      return text.toUpperCase();
    });
    expect([names.of('a', 'b'), names.of('a', 'b')]).toEqual(['A|B', 'A|B']);
    expect(made).toEqual(['a|b']);
    for (let n = 0; n < 10_000; n += 1) names.of(`a${n}`, 'b');
    expect(names.of('a', 'b')).toBe('A|B');
    expect(made.filter((text) => text === 'a|b')).toHaveLength(2);
  });

  it('names a tool with its server, and what is none by what comes in its place', () => {
    expect(toolName({ name: 'pay', server: 'bank' })).toBe('bank/pay');
    expect(toolName({ name: 'pay' })).toBe('/pay');
    expect(toolName(undefined, 'model_call')).toBe('/model_call');
  });
});
