/** A value as a finding names it. */
const VALUE_SHOWN_MAX = 60;

export function sayValue(value: string): string {
  return value.length > VALUE_SHOWN_MAX ? `${value.slice(0, VALUE_SHOWN_MAX - 1)}…` : value;
}

/** As one word of a shell. */
export const shellQuote = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

export const quantity = (n: number, one: string) => `${n} ${one}${n === 1 ? '' : 's'}`;
