/**
 * The same value, written otherwise: an IBAN in groups, a key in base64 or hexadecimal, a host in
 * capitals. Only what the contracts say has one canonical form.
 */
import type { Random } from '../random.ts';

const hex = (text: string): string =>
  [...text].map((c) => c.charCodeAt(0).toString(16).padStart(2, '0')).join('');

export function rewritten(value: string, random: Random): string {
  if (/^DE\d/.test(value)) return (value.match(/.{1,4}/g) ?? []).join(' ');
  if (value.startsWith('sk_')) return random.chance(0.5) ? btoa(value) : hex(value);
  if (value.startsWith('https://')) {
    const end = value.indexOf('/', 8);
    return `HTTPS://${value.slice(8, end).toUpperCase()}${value.slice(end)}`;
  }
  return `our reference ${value}, as agreed`;
}
