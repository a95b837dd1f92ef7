/** A value that one call brings and a later one is given, and of which sort it is. */
import * as value from '../plausible-values.ts';
import type { Random } from '../random.ts';
import type { Fields } from '../simulated-event.ts';

export type Sort = 'account' | 'email' | 'iban' | 'link' | 'paper' | 'secret';

export interface Carried {
  readonly sort: Sort;
  readonly text: string;
  /** In words of somebody's own: it stands where any text may stand. */
  readonly loose?: true;
}

const PAPERS = ['REF', 'TKT', 'DOC', 'ORD'] as const;

const MADE: Readonly<Record<Sort, (random: Random) => string>> = {
  account: value.account,
  email: value.email,
  iban: value.iban,
  link: value.link,
  paper: (random) => value.paper(random, random.pick(PAPERS)),
  secret: value.secret,
};

export const fresh = (sort: Sort, random: Random): Carried => ({
  sort,
  text: MADE[sort](random),
});

const ELSEWHERE = ['kestrel', 'ostara', 'minerva', 'lumina'] as const;
/** An address of nobody whom a customers' envelope knows. */
export const stranger = (random: Random): string =>
  `${value.email(random).split('@')[0]}@${random.pick(ELSEWHERE)}.example`;

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

/**
 * The same value, written otherwise: an IBAN in groups, a key in base64 or hexadecimal, a host or an
 * address in capitals. Only what the contracts say has one canonical form.
 */
export function rewritten(carried: Carried, random: Random): Carried {
  const { sort } = carried;
  const made = { sort, text: written(carried, random) };
  return sort === 'paper' || sort === 'account' ? { ...made, loose: true } : made;
}

/**
 * Field for a value of each sort, `any` for those that have none of their own. Several, divided by
 * `|`, are alternatives. A star: somewhere in the field's text.
 */
export type Slots = Readonly<Partial<Record<Sort | 'any', string>>>;

export interface Form {
  readonly asks: (random: Random) => Fields;
  readonly says?: (random: Random) => Fields;
  readonly takes: Slots;
  readonly brings: Slots;
  /** The target, where it is not the workflow's own. */
  readonly object?: (args: Fields, random: Random, result: Fields) => string;
}
