import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { originalText, parseAnswer, visibleText } from './visible-text.ts';

describe('text that agents wrote', () => {
  it.each([
    ['a direction override', 'pay\u202Erap', 'pay⟨U+202E⟩rap'],
    ['a zero-width space', 'chec\u200Bker', 'chec⟨U+200B⟩ker'],
    ['a terminal escape', '\u001b[31mred', '⟨U+001B⟩[31mred'],
    ['a NUL', 'a\u0000b', 'a⟨U+0000⟩b'],
    ['a hidden tag character', 'x\u{e0041}y', 'x⟨U+E0041⟩y'],
    ['a byte order mark', '\ufeffagent', '⟨U+FEFF⟩agent'],
    ['half a surrogate pair', 'a\ud800b', 'a⟨U+D800⟩b'],
  ])('shows %s instead of letting it act', (_what, hostile, shown) =>
    expect(visibleText(hostile)).toBe(shown),
  );

  it.each(['Größe, 東京, مرحبا', 'two\nlines\tand a tab', '<img src=x onerror=alert(1)>'])(
    'leaves %j as it is: React sets it as text',
    (plain) => expect(visibleText(plain)).toBe(plain),
  );

  it('can be undone, since ids travel back in addresses', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 32 }), (text) => {
        fc.pre(!text.includes('⟨'));
        expect(originalText(visibleText(text))).toBe(text);
      }),
    );
  });

  it('is applied to every string and name of an answer, however deep', () => {
    const answer = { list: [{ 'na\u202Eme': 'va\u200Blue' }], n: 1, none: null };
    expect(parseAnswer(JSON.stringify(answer))).toEqual({
      list: [{ 'na⟨U+202E⟩me': 'va⟨U+200B⟩lue' }],
      n: 1,
      none: null,
    });
  });
});
