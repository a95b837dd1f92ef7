/** What words order or ask for: their verbs as effects, and whether a sentence gives an order at all. */
import type { Effect } from '@waywarden/schemas';
import { STRONG } from '../tool-words.ts';
import { nameWords, type Sentence, stem, type Token } from './tokens.ts';

/** The effect of a verb in whatever form; undefined of other words. */
export function verbEffect(word: string): Effect | undefined {
  const cut = stem(word);
  return STRONG.get(word) ?? STRONG.get(cut) ?? STRONG.get(`${cut}e`);
}

function ofToken({ kind, form, raw }: Token): readonly (Effect | undefined)[] {
  if (kind === 'word') return [verbEffect(form)];
  return kind === 'name' ? nameWords(raw).map(verbEffect) : [];
}

export function effectsIn(tokens: readonly Token[]): ReadonlySet<Effect> {
  const found = new Set<Effect>();
  for (const token of tokens) for (const one of ofToken(token)) if (one !== undefined) found.add(one);
  return found;
}

/** Words that may stand before the verb of an order. */
const LEADS = new Set(
  'please kindly then also now next first finally just so and todo step hi hello hey you bitte'.split(' '),
);
/** After these an order's verb follows within a few words. */
const MODALS = new Set('please must should shall need have can could would want kindly let'.split(' '));
const LEADS_MAX = 4;
const MODAL_REACH = 4;

const isVerb = (token: Token | undefined) =>
  token !== undefined && token.kind === 'word' && STRONG.has(token.form);

export function isOrder({ tokens }: Sentence): boolean {
  if (tokens.length < 2) return false;
  const first = tokens.findIndex(({ form }) => !LEADS.has(form));
  if (first >= 0 && first <= LEADS_MAX && isVerb(tokens[first])) return true;
  return tokens.some(
    ({ form }, at) =>
      MODALS.has(form) && tokens.slice(at + 1, at + 1 + MODAL_REACH).some((token) => isVerb(token)),
  );
}
