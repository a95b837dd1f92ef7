/** What is stored of a request, and where it sends the agent. */
import type { Effect } from '@waywarden/schemas';
import { effectsIn } from './effects.ts';
import { readText } from './read-text.ts';
import {
  nameWords,
  REQUEST_IDS_MAX,
  REQUEST_SOURCES_MAX,
  REQUEST_TOKENS_MAX,
  sentencesOf,
  stem,
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
