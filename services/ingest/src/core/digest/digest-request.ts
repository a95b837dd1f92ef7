/**
 * What is kept of a person's request: what it asks to be done, its words as hashes, the identifiers
 * it names, and whether it hands the decision to a text ("follow the instructions in …", "pay the
 * bill") and to which one. A call that the request explains is no hijack, whatever was read.
 */
import { ACTION_GROUPS, type ActionGroup } from '@waywarden/schemas';
import { canonicalWord, identifierForm, innerWords, isSalient } from './canonical-word.ts';
import { delegation, sourcesOf } from './delegation.ts';
import { isIdentifier, isSecret } from './identifier.ts';
import { type Lexicon, WORD } from './lexicon/compile.ts';
import { CUES, type Cue } from './lexicon/language.ts';
import { REQUEST_IDS_MAX, REQUEST_SOURCES_MAX, REQUEST_TOKENS_MAX } from './limits.ts';
import { onlyReads } from './only-reads.ts';
import { readableText } from './readable-text.ts';
import { INFO, type Scan, scanText } from './scan-text.ts';
import { wordChain } from './word-chain.ts';

export interface PurposeDigest {
  /** By its verbs and nouns, unless it asks for reading at most (`only-reads.ts`). */
  readonly terms: readonly ActionGroup[];
  readonly words: readonly string[];
  readonly values: readonly string[];
  readonly delegates: boolean;
  /** Its structure says so, and which source: `sources` are those. */
  readonly handsOver: boolean;
  readonly sources: readonly string[];
}

/** A quoted name has at most so many words. */
const QUOTED_WORDS_MAX = 8;

function cue(name: Cue): number {
  return 1 << CUES.indexOf(name);
}

/** Told by a word of the text's content alone ("pay the bill"), whose structure is not asked. */
const CONTENT = cue('content');
const READ = 1 << ACTION_GROUPS.indexOf('read');
const INSTRUCTED = cue('instruction') | cue('following');

function slotBits(table: Int32Array, slot: number): number {
  return slot < 0 ? 0 : (table[slot] ?? 0);
}

function speaksOfContent(scan: Scan, lexicon: Lexicon): boolean {
  for (let i = 0; i < scan.words; i++) {
    if ((slotBits(lexicon.cues, scan.slot[i] ?? -1) & CONTENT) !== 0) return true;
  }
  return false;
}

/** The words that name a source: addresses, file names, and what stands in quotes. */
function sourceWords(scan: Scan, lexicon: Lexicon): ReadonlySet<string> {
  const found = new Set<string>();
  let quotedUntil = -1;
  for (let i = 0; i < scan.words; i++) {
    const info = scan.info[i] ?? 0;
    if ((info & INFO.quote) !== 0) quotedUntil = quotedUntil >= i ? -1 : i + QUOTED_WORDS_MAX;
    const named = (info & (INFO.joined | INFO.at | INFO.url)) !== 0;
    if (!(named || i <= quotedUntil) || !isSalient(scan, lexicon, i)) continue;
    for (const word of canonicalWord(scan, lexicon, i)) found.add(word);
  }
  return found;
}

/** Digests a request's text. */
export function digestRequest(text: string, lexicon: Lexicon): PurposeDigest {
  const scan = scanText(readableText(text), lexicon);
  const words = new Set<string>();
  const ids = new Set<string>();
  const isToldContent = speaksOfContent(scan, lexicon);
  const handed = isToldContent ? undefined : delegation(scan, lexicon);
  let actions = 0;
  let cues = 0;
  let chainTo = 0;
  for (let i = 0; i < scan.words; i++) {
    const slot = scan.slot[i] ?? -1;
    const kinds = slotBits(lexicon.kinds, slot);
    if (handed?.working.has(i) !== true) actions |= slotBits(lexicon.verbActions, slot);
    if ((kinds & WORD.noun) !== 0) actions |= slotBits(lexicon.nounActions, slot);
    cues |= slotBits(lexicon.cues, slot);
    const chain = i >= chainTo ? wordChain(scan, lexicon, i, scan.words) : undefined;
    if (chain !== undefined) {
      words.add(chain.word);
      chainTo = chain.to;
    }
    if (!isSalient(scan, lexicon, i)) continue;
    for (const word of canonicalWord(scan, lexicon, i)) words.add(word);
    for (const word of innerWords(scan, lexicon, i)) words.add(word);
    if (isIdentifier(scan, i) || isSecret(scan, lexicon, i))
      ids.add(identifierForm(scan, lexicon, i));
  }
  const named = sourceWords(scan, lexicon);
  const isTold = isToldContent || (cues & INSTRUCTED) === INSTRUCTED;
  const delegates = isTold || handed !== undefined;
  if (!delegates && onlyReads(scan, lexicon)) actions &= READ;
  const sources = new Set([...named, ...(handed === undefined ? [] : sourcesOf(handed, lexicon))]);
  return {
    terms: ACTION_GROUPS.filter((_, index) => (actions & (1 << index)) !== 0),
    words: [...words].slice(0, REQUEST_TOKENS_MAX),
    values: [...ids].slice(0, REQUEST_IDS_MAX),
    delegates,
    handsOver: handed !== undefined,
    sources: [...sources].slice(0, REQUEST_SOURCES_MAX),
  };
}
