/** A value that one call brings and a later one is given, and of which sort it is. */
import * as value from '../plausible-values.ts';
import type { Random } from '../random.ts';

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
