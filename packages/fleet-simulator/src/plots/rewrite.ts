/**
 * The same value, written otherwise: an IBAN in groups, a key in base64 or hexadecimal, a host or an
 * address in capitals. Only what the contracts say has one canonical form.
 */
import type { Random } from '../random.ts';
import type { Carried } from './carried.ts';

const hex = (text: string): string =>
  [...text].map((c) => c.charCodeAt(0).toString(16).padStart(2, '0')).join('');

function written({ sort, text }: Carried, random: Random): string {
  if (sort === 'iban') return (text.match(/.{1,4}/g) ?? []).join(' ');
  if (sort === 'secret') return random.chance(0.5) ? btoa(text) : hex(text);
  if (sort === 'email') return text.toUpperCase();
  if (sort !== 'link') return `our reference ${text}, as agreed`;
  const end = text.indexOf('/', 8);
  return `HTTPS://${text.slice(8, end).toUpperCase()}${text.slice(end)}`;
}

export function rewritten(carried: Carried, random: Random): Carried {
  const { sort } = carried;
  const made = { sort, text: written(carried, random) };
  return sort === 'paper' || sort === 'account' ? { ...made, loose: true } : made;
}
