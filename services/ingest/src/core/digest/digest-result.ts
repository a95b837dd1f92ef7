/**
 * What is kept of a tool's result when its text is dropped: instruction-shaped passages as action
 * groups, meta classes and word hashes, and hashes of the identifiers that stood in it.
 *
 * The whole result is read, since a prefix would tell an attacker where to hide. What is kept is
 * bounded, strongest first: a flood of planted passages can only push out weaker ones.
 */

import type { PassageKind } from '@waywarden/schemas';
import { ACTION_GROUPS, type ActionGroup, META_CLASSES, type MetaClass } from '@waywarden/schemas';
import { identifierForm } from './canonical-word.ts';
import { isIdentifier, isSecret, mayIdentify } from './identifier.ts';
import type { Lexicon } from './lexicon/compile.ts';
import { MENTIONS_MAX, PASSAGES_MAX, RESULT_IDS_MAX, WINDOW_WORDS_MAX } from './limits.ts';
import { readSegment, type Segment, TAG_META } from './read-segment.ts';
import { readableResult } from './readable-text.ts';
import { DIGITS_SHIFT, INFO, type Scan, scanText } from './scan-text.ts';
import { WindowReader } from './window-reader.ts';

export interface PassageDigest {
  readonly kind: PassageKind;
  readonly actions: readonly ActionGroup[];
  readonly meta: readonly MetaClass[];
  /** Places in the result's `words`. */
  readonly words: readonly number[];
  readonly ids: readonly string[];
}

export interface ResultDigest {
  /** The distinct words of all passages; windows overlap, so each is named by its place here. */
  readonly words: readonly string[];
  readonly passages: readonly PassageDigest[];
  readonly freeTextIds: readonly string[];
  readonly fieldIds: readonly string[];
  /** Something was left out because a bound was hit. */
  readonly truncated: boolean;
}

/** Meta classes count from three segments before a passage to two after it. */
const META_BEFORE = 3;
const META_AFTER = 2;
/** Values often follow one a line; the window goes on until it holds so many words. */
const WINDOW_WORDS_MIN = 18;
const WINDOW_AFTER_MIN = 2;
const WINDOW_AFTER_MAX = 8;
const FREE_TEXT_WORDS_MIN = 6;
const MENTION_WORDS_MIN = 4;
const MENTION_REACH = 2;
const READ = 1 << ACTION_GROUPS.indexOf('read');
const WEAK_META = 1 << META_CLASSES.indexOf('urgent');

interface Candidate {
  readonly at: number;
  readonly kind: PassageKind;
  readonly meta: number;
  readonly rank: number;
}

function bitCount(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}

function namesOf<T>(names: readonly T[], bits: number): readonly T[] {
  return names.filter((_, index) => (bits & (1 << index)) !== 0);
}

function readSegments(scan: Scan, lexicon: Lexicon): readonly Segment[] {
  const { segments } = scan;
  const read: Segment[] = [];
  for (let i = 0; i < segments.length; i++) {
    const segment = readSegment(scan, lexicon, segments[i] ?? 0, segments[i + 1] ?? scan.words);
    read.push(
      scan.tagged?.has(i) === true ? { ...segment, meta: segment.meta | TAG_META } : segment,
    );
  }
  return read;
}

function windowMeta(segments: readonly Segment[], at: number): number {
  let meta = 0;
  const to = Math.min(segments.length - 1, at + META_AFTER);
  for (let i = Math.max(0, at - META_BEFORE); i <= to; i++) meta |= segments[i]?.meta ?? 0;
  return meta;
}

/** The words of a passage with its neighbours: one segment before, two or more after. */
function windowOf(segments: readonly Segment[], at: number): readonly [from: number, to: number] {
  const own = segments[at];
  if (own === undefined) return [0, 0];
  let from = segments[at - 1]?.from ?? own.from;
  if (own.from - from > WINDOW_WORDS_MIN * 2) from = own.from - WINDOW_WORDS_MIN * 2;
  let to = own.to;
  for (let i = 1; i <= WINDOW_AFTER_MAX; i++) {
    const next = segments[at + i];
    if (next === undefined) break;
    if (i > WINDOW_AFTER_MIN && to - own.from >= WINDOW_WORDS_MIN) break;
    to = next.to;
  }
  return [from, Math.min(to, from + WINDOW_WORDS_MAX)];
}

/** Distinct identifiers of the result by segment. */
class Identifiers {
  readonly freeText = new Set<string>();
  readonly fields = new Set<string>();
  readonly bySegment = new Map<number, boolean>();
  truncated = false;

  add(word: string, segment: number, free: boolean): void {
    this.bySegment.set(segment, true);
    const into = free ? this.freeText : this.fields;
    if (into.size < RESULT_IDS_MAX) into.add(word);
    else if (!into.has(word)) this.truncated = true;
  }
}

/**
 * Whether a segment belongs to an order: it gives one, or follows one in lines that no key begins. A
 * value on a line of its own is then no field of a record, however short the line.
 */
function goesOnOrder(scan: Scan, segment: Segment, ordered: boolean): boolean {
  let key = -1;
  for (let i = segment.from; i < segment.to; i++) {
    if (((scan.info[i] ?? 0) & INFO.colon) !== 0) key = i;
  }
  if (segment.asked !== 0 && segment.verb >= key) return true;
  return ordered && key < 0;
}

function collectIdentifiers(
  scan: Scan,
  lexicon: Lexicon,
  segments: readonly Segment[],
  into: Identifiers,
): void {
  let ordered = false;
  segments.forEach((segment, at) => {
    const { from, to } = segment;
    ordered = goesOnOrder(scan, segment, ordered);
    const free = ordered || to - from >= FREE_TEXT_WORDS_MIN;
    for (let i = from; i < to; i++) {
      if (!mayIdentify(scan, i)) continue;
      if (!isIdentifier(scan, i) && !isSecret(scan, lexicon, i)) continue;
      into.add(identifierForm(scan, lexicon, i), at, free);
    }
  });
}

/** A signature of a segment's words, to keep one of many equal passages. */
function signatureOf(scan: Scan, segment: Segment, meta: number): string {
  let sum = 0;
  for (let i = segment.from; i < segment.to; i++) {
    sum = (sum + Math.imul(scan.hash[i] ?? 0, 0x9e3779b1)) | 0;
  }
  return `${sum}.${segment.to - segment.from}.${meta}`;
}

/** Whether a segment holds a word that could be a value: quoted, joined, or short digits. */
function holdsValue(scan: Scan, { from, to }: Segment): boolean {
  for (let i = from + 1; i < to; i++) {
    const info = scan.info[i] ?? 0;
    if ((info & (INFO.quote | INFO.joined)) !== 0 || info >>> DIGITS_SHIFT > 0) return true;
  }
  return false;
}

/**
 * Whether a segment that asks for nothing is worth keeping: it names an identifier, or it talks to the
 * agent in a way that is more than urgent, and no passage nearby holds its words anyway.
 */
function isMention(scan: Scan, segments: readonly Segment[], at: number, names: boolean): boolean {
  const segment = segments[at];
  if (segment === undefined || segment.to - segment.from < MENTION_WORDS_MIN) return false;
  if (names) return true;
  if (segment.to - segment.from >= FREE_TEXT_WORDS_MIN && holdsValue(scan, segment)) return true;
  if ((segment.meta & ~WEAK_META) === 0) return false;
  for (let i = at - MENTION_REACH; i <= at + MENTION_REACH; i++) {
    if ((segments[i]?.asked ?? 0) !== 0) return false;
  }
  return true;
}

function candidatesOf(
  scan: Scan,
  segments: readonly Segment[],
  ids: Identifiers,
): { readonly kept: readonly Candidate[]; readonly truncated: boolean } {
  const seen = new Set<string>();
  const found: Candidate[] = [];
  segments.forEach((segment, at) => {
    const asks = segment.asked !== 0;
    const names = ids.bySegment.has(at);
    if (!asks && !isMention(scan, segments, at, names)) return;
    const meta = windowMeta(segments, at);
    const signature = signatureOf(scan, segment, meta);
    if (seen.has(signature)) return;
    seen.add(signature);
    const speaks = (segment.spoken & ~READ) !== 0;
    const rank = bitCount(meta) * 4 + (names ? 3 : 0) + (asks ? 4 : speaks ? 1 : 0);
    found.push({ at, kind: asks ? 'imperative' : 'mention', meta, rank });
  });
  const ranked = [...found].sort((a, b) => b.rank - a.rank || a.at - b.at);
  let mentions = 0;
  const kept = ranked
    .filter(({ kind }) => kind === 'imperative' || ++mentions <= MENTIONS_MAX)
    .slice(0, PASSAGES_MAX)
    .sort((a, b) => a.at - b.at);
  return { kept, truncated: kept.length < found.length };
}

/** Digests a result's text; see the file's head for what is kept. */
export function digestResult(text: string, lexicon: Lexicon): ResultDigest {
  const scan = scanText(readableResult(text), lexicon);
  const segments = readSegments(scan, lexicon);
  const ids = new Identifiers();
  collectIdentifiers(scan, lexicon, segments, ids);
  const { kept, truncated } = candidatesOf(scan, segments, ids);
  const left = {
    freeTextIds: [...ids.freeText],
    fieldIds: [...ids.fields],
    truncated: truncated || ids.truncated,
  };
  if (kept.length === 0) return { words: [], passages: [], ...left };
  const reader = new WindowReader(scan, lexicon);
  const passages = kept.map(({ at, kind, meta }): PassageDigest => {
    const segment = segments[at];
    const actions =
      segment === undefined ? 0 : kind === 'imperative' ? segment.asked : segment.spoken;
    return {
      kind,
      actions: namesOf(ACTION_GROUPS, actions),
      meta: namesOf(META_CLASSES, meta),
      ...reader.read(...windowOf(segments, at)),
    };
  });
  return { words: reader.words, passages, ...left };
}
