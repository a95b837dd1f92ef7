import type { Effect } from '@waywarden/schemas';
import { BoundedMap } from '../domain/bounded-map.ts';
import { words } from '../lexicon/fold-word.ts';
import { LEXICON } from '../lexicon/lexicon.ts';
import { isBaseVerb, verbEffect } from '../lexicon/name-effect.ts';
import { nameWords, type Sentence, type Token } from './tokens.ts';

const WORDS_MAX = 20_000;
const effects = new BoundedMap<{ readonly effect: Effect | undefined }>(WORDS_MAX);

function effectOf(word: string): Effect | undefined {
  return effects.orMake(word, () => ({ effect: verbEffect(word) })).effect;
}

function ofToken({ kind, form, raw }: Token): readonly (Effect | undefined)[] {
  if (kind === 'word') return [effectOf(form)];
  return kind === 'name' ? nameWords(raw).map(effectOf) : [];
}

/** "my new mails" orders nothing. */
const BEFORE_NOUNS = words(LEXICON.texts.before_nouns);

/** A mark parts. */
const isNext = (before: Token | undefined, after: Token | undefined) =>
  before !== undefined && after !== undefined && after.start - before.end <= 1;

function isNoun(tokens: readonly Token[], at: number): boolean {
  for (let before = at - 1; before >= at - 2; before--) {
    if (!isNext(tokens[before], tokens[before + 1])) return false;
    if (BEFORE_NOUNS.has(tokens[before]?.form ?? '')) return true;
  }
  return false;
}

export function effectsIn(sentences: readonly Sentence[]): ReadonlySet<Effect> {
  const found = new Set<Effect>();
  for (const { tokens } of sentences) {
    tokens.forEach((token, at) => {
      if (token.kind === 'word' && isNoun(tokens, at)) return;
      for (const one of ofToken(token)) if (one !== undefined) found.add(one);
    });
  }
  return found;
}

const LEADS = words(LEXICON.texts.leads);
const MODALS = words(LEXICON.texts.modals);
const LEADS_MAX = 4;
const MODAL_REACH = 4;

const isVerb = (token: Token | undefined) =>
  token !== undefined && token.kind === 'word' && isBaseVerb(token.form);

/** `email: …`. */
const isKey = ({ raw, start, end }: Token) => end - start > raw.length;

export function isOrder({ tokens }: Sentence): boolean {
  if (tokens.length < 2) return false;
  const lead = tokens.slice(0, LEADS_MAX + 1).find(({ form }) => !LEADS.has(form));
  if (lead !== undefined && isVerb(lead) && !isKey(lead)) return true;
  return tokens.some(
    ({ form }, at) =>
      MODALS.has(form) && tokens.slice(at + 1, at + 1 + MODAL_REACH).some((token) => isVerb(token)),
  );
}
