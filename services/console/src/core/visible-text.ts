/**
 * Text that agents wrote, made visible: characters that change how other text reads (controls, direction marks, zero
 * width, tags) are shown as ⟨U+202E⟩ instead of acting, where answers come in. It can be undone, because ids travel
 * back to the server in addresses.
 */
const HIDDEN = /(?![\t\n])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
const SHOWN = /⟨U\+([0-9A-F]{4,6})⟩/g;
const CODE_POINT_MAX = 0x10_ff_ff;

export function visibleText(text: string): string {
  return text.replace(HIDDEN, (char) => {
    const code = char.codePointAt(0) ?? 0;
    return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
  });
}

/** What stood there before `visibleText`, for addresses. */
export function originalText(shown: string): string {
  return shown.replace(SHOWN, (whole, hex: string) => {
    const code = Number.parseInt(hex, 16);
    return code > CODE_POINT_MAX ? whole : String.fromCodePoint(code);
  });
}

/** JSON as it came from the server, with every string and every name made visible. */
export function parseAnswer<T>(json: string): T {
  return JSON.parse(json, (_key, value: unknown) => {
    if (typeof value === 'string') return visibleText(value);
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
    const names = Object.keys(value);
    if (names.every((name) => visibleText(name) === name)) return value;
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [visibleText(k), v]));
  }) as T;
}
