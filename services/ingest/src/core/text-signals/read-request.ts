/** What is stored of a request, and where it sends the agent. */
import type { Effect } from '@waywarden/schemas';
import { BoundedMap } from '../domain/bounded-map.ts';
import { words } from '../lexicon/fold-word.ts';
import { LEXICON } from '../lexicon/lexicon.ts';
import { isBaseVerb, verbEffect } from '../lexicon/name-effect.ts';
import { readableResult } from './readable-text.ts';
import {
  nameWords,
  REQUEST_IDS_MAX,
  REQUEST_SOURCES_MAX,
  REQUEST_TOKENS_MAX,
  type Sentence,
  sentencesOf,
  stem,
  type Token,
} from './tokens.ts';
import { isIdentifier, matchWords } from './words.ts';

export interface RequestReading {
  readonly effects: readonly Effect[];
  readonly words: readonly string[];
  readonly ids: readonly string[];
  readonly delegates: boolean;
  /** Paths, addresses, names, quotes. */
  readonly sources: readonly string[];
}

const DELEGATES =
  /\b(?:follow|according to|as (?:described|instructed|stated|specified|mentioned|listed|told)|based on|instructions?|instructed|do (?:what|all|everything|the)|to-?do|steps?|described|specified|says?|asked|asks?|whatever|pay|can be found|find)\b/i;
const PLACE =
  /\b(?:file|page|e-?mails?|inbox|bill|issue|website|document|doc|note|notice|letter|message|channel|link|url|readme|ticket|review|comment|event|invitation|repo\w*|history|list|directory|folder)\b|https?:\/\/|\bwww\.|(?:^|\s)\/\w+|\b[\w-]{1,64}\.(?:txt|md|csv|pdf|docx?|html?)\b/gi;
const QUOTED = /'([^'\n]{3,60})'|"([^"\n]{3,60})"|“([^”\n]{3,60})”/g;

export function readRequest(text: string): RequestReading {
  const sentences = readText(text);
  const tokens = sentences.flatMap((sentence) => sentence.tokens);
  const named = tokens.filter(isIdentifier).flatMap(matchWords);
  const quoted = [...text.matchAll(QUOTED)].flatMap(([, a, b, c]) =>
    sentencesOf(a ?? b ?? c ?? '').flatMap((sentence) => sentence.tokens.flatMap(matchWords)),
  );
  const places = text.match(PLACE) ?? [];
  const delegates = places.length > 0 && DELEGATES.test(text);
  const kinds = delegates ? places.flatMap((place) => nameWords(place).map(stem)) : [];
  return {
    effects: [...effectsIn(sentences)].sort(),
    words: [...new Set(tokens.flatMap(matchWords))].slice(0, REQUEST_TOKENS_MAX),
    ids: [...new Set(tokens.filter(isIdentifier).map(({ form }) => form))].slice(
      0,
      REQUEST_IDS_MAX,
    ),
    delegates,
    sources: [...new Set([...named, ...quoted, ...kinds])].slice(0, REQUEST_SOURCES_MAX),
  };
}

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

const DEPTH_MAX = 32;
/** Printed. */
const BREAK = '\\n';

function spelled(text: string): object | undefined {
  const first = text.charCodeAt(0);
  // No structure.
  if (first !== 123 && first !== 91) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function addLines(value: unknown, lead: string, depth: number, lines: string[]): void {
  const structure = typeof value === 'string' ? spelled(value) : value;
  if (typeof structure !== 'object' || structure === null) {
    lines.push(`${lead}${String(value)}`);
    return;
  }
  if (depth >= DEPTH_MAX) {
    lines.push(`${lead}${JSON.stringify(structure)}`);
    return;
  }
  if (lead !== '' && lead !== '- ') lines.push(lead);
  if (Array.isArray(structure)) {
    for (const one of structure) addLines(one, '- ', depth + 1, lines);
    return;
  }
  for (const [key, one] of Object.entries(structure)) addLines(one, `${key}: `, depth + 1, lines);
}

export function resultText(value: unknown): string {
  if (typeof value === 'string' && spelled(value) === undefined) return value;
  const lines: string[] = [];
  addLines(value, '', 0, lines);
  return lines.join(BREAK);
}

const ESCAPES = /\\{1,8}r\\{1,8}n|\\{1,8}([nrt"'])/g;
const PRINTED: Readonly<Record<string, string>> = { n: '\n', r: '\n', t: ' ' };

function unprinted(text: string): string {
  return text.includes('\\') ? text.replace(ESCAPES, (_, c = 'n') => PRINTED[c] ?? c) : text;
}

/** Other tags may be text. */
const MARKUP =
  /<!--|-->|<\/?(?:p|div|span|br|hr|h[1-6]|li|[uo]l|t[dhr]|table|tbody|thead|a|b|i|u|em|strong|html|body|head|title|img|section|article|nav|header|footer|main|pre|code|button|form|input|label|meta|link|font|small|blockquote|details|summary|svg|iframe)\b([^<>]{0,4000})>/gi;
const ATTRIBUTE = /"([^"]*)"|'([^']*)'/g;

/** Comments and attributes apart. */
function withoutMarkup(text: string): string {
  if (!text.includes('<')) return text;
  return text.replace(MARKUP, (_, attributes = '') => {
    const values = [...attributes.matchAll(ATTRIBUTE)].map(([, a, b]) => a ?? b ?? '');
    return ['', ...values.filter((value) => value.includes(' ')), ''].join('\n\n');
  });
}

const opened = (text: string) => unprinted(readableResult(text));

/** Any value as sentences; encodings opened twice. */
export function readText(value: unknown): readonly Sentence[] {
  return sentencesOf(withoutMarkup(opened(opened(unprinted(resultText(value))))));
}
