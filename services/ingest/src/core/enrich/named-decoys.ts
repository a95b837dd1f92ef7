/** Decoys in clear arguments, also percent-encoded and base64; short names as whole values. */
import { standsIn } from '@waywarden/schemas';

export const NAMED_DECOYS_MAX = 4;
/** The shortest searched name. */
const BASE64 = /[A-Za-z0-9+/_-]{8,}/g;
const ESCAPED = /%[0-9a-f]{2}/gi;

const written = (name: string) => JSON.stringify(name).slice(1, -1);

function decoded(text: string): string {
  const parts = text.match(BASE64) ?? [];
  return parts
    .map((part) => {
      const whole = part.length % 4 === 1 ? part.slice(0, -1) : part;
      return atob(whole.replaceAll('-', '+').replaceAll('_', '/'));
    })
    .join('\n');
}

function unescaped(text: string): string {
  return text.replace(ESCAPED, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16)));
}

export function namedDecoys(value: unknown, decoys: readonly string[]): readonly string[] {
  if (value === undefined || decoys.length === 0) return [];
  const text = JSON.stringify(value);
  const encoded = [text, decoded(text), ...(text.includes('%') ? [unescaped(text)] : [])];
  const readings = encoded.map((reading) => reading.toLowerCase());
  const isNamed = (name: string) => {
    const own = written(name);
    return text.includes(`"${own}"`) || readings.some((reading) => standsIn(reading, own));
  };
  return decoys.filter(isNamed).slice(0, NAMED_DECOYS_MAX);
}
