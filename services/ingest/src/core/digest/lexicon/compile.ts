/**
 * Turns languages into one hash table that the scanner probes with the hash it has anyway computed
 * while reading a word, so that an unknown word costs one array read and no substring. A collision
 * of 32-bit hashes can only make a word look known, never hide a known one; that is the safe side.
 */
import { ACTION_GROUPS } from '@waywarden/schemas';
import { CUES, type Language, REQUEST_CUES } from './language.ts';

/** What a word may be; bits of `kinds`. */
export const WORD = {
  base: 1,
  gerund: 2,
  form: 4,
  noun: 8,
  light: 16,
  filler: 32,
  polite: 64,
  opener: 128,
  stop: 256,
  month: 512,
  spoken: 1024,
  modal: 2048,
  duty: 4096,
  /** The passive's verb, before its participle or after it. */
  beFirst: 8192,
  beLast: 16384,
  due: 32768,
  digit: 65536,
  elided: 131072,
  /** A pronoun that hangs on its verb. */
  enclitic: 262144,
  uncertain: 524288,
  /** A verb that orders with its pronoun behind it, and that pronoun. */
  formal: 1048576,
  sir: 2097152,
  /** Of `Language.known`: what is there to be read, an article of what is not, where a writing goes, whom it is for. */
  known: 4194304,
  one: 8388608,
  means: 16777216,
  medium: 33554432,
  receiver: 67108864,
  join: 134217728,
} as const;

/** What makes an order of an uncertain verb; words by their slot. */
export interface UncertainVerb {
  readonly mayBeNoun: boolean;
  readonly attributes: ReadonlySet<number>;
  readonly goals: ReadonlySet<number>;
  readonly after: ReadonlySet<number>;
}

export interface Lexicon {
  readonly mask: number;
  /** Hash of the word in each slot; 0 is empty. */
  readonly hashes: Int32Array;
  readonly kinds: Int32Array;
  /** Bits over ACTION_GROUPS that the word has as a verb, and as a noun. */
  readonly verbActions: Int32Array;
  readonly nounActions: Int32Array;
  /** Bits over CUES. */
  readonly cues: Int32Array;
  /** Bits over REQUEST_CUES. */
  readonly requestCues: Int32Array;
  /** 1 to 12. */
  readonly months: Int32Array;
  /** Suffixes of all languages by their last unit, in their languages' order. */
  readonly suffixes: ReadonlyMap<number, readonly Suffix[]>;
  /** By the verb's slot. */
  readonly uncertain: ReadonlyMap<number, UncertainVerb>;
  /** Words of digits. */
  readonly digits: ReadonlyMap<string, string>;
  readonly languages: readonly Language[];
}

export type Suffix = Language['suffixes'][number];

const KIND_OF_FORM = {
  order: WORD.base,
  gerund: WORD.gerund,
  formal: WORD.formal,
  other: WORD.form,
} as const;

interface Entry {
  kinds: number;
  verbs: number;
  nouns: number;
  cues: number;
  requestCues: number;
  month: number;
}

export const HASH_SEED = 0x811c9dc5 | 0;

/** FNV-1a over lower-case UTF-16 units, one step; 0 is kept for empty slots by `slotOf`. */
export function hashStep(hash: number, unit: number): number {
  return Math.imul(hash ^ unit, 0x01000193);
}

function hashWord(word: string): number {
  let hash = HASH_SEED;
  for (let i = 0; i < word.length; i++) hash = hashStep(hash, word.charCodeAt(i));
  return hash;
}

/** The slot of the word with this hash, or -1. */
export function slotOf(lexicon: Pick<Lexicon, 'hashes' | 'mask'>, hash: number): number {
  const { hashes, mask } = lexicon;
  let slot = (hash ^ (hash >>> 15)) & mask;
  for (;;) {
    const found = hashes[slot];
    if (found === hash) return slot;
    if (found === 0) return -1;
    slot = (slot + 1) & mask;
  }
}

/** Words of a space-separated list. */
export function words(list: string): readonly string[] {
  return list.split(' ').filter((word) => word !== '');
}

class Entries {
  readonly all = new Map<string, Entry>();

  of(word: string): Entry {
    const known = this.all.get(word);
    if (known !== undefined) return known;
    const entry: Entry = { kinds: 0, verbs: 0, nouns: 0, cues: 0, requestCues: 0, month: 0 };
    this.all.set(word, entry);
    return entry;
  }

  mark(list: string, kind: number): void {
    for (const word of words(list)) this.of(word).kinds |= kind;
  }
}

function addVerb(entries: Entries, language: Language, base: string, bit: number): void {
  const entry = entries.of(base);
  entry.kinds |= WORD.base;
  entry.verbs |= bit;
  for (const { ending, drop, add, form, unless } of language.inflections) {
    if (!base.endsWith(ending) || words(unless ?? '').some((end) => base.endsWith(end))) continue;
    const inflected = entries.of(base.slice(0, base.length - drop) + add);
    inflected.kinds |= KIND_OF_FORM[form];
    inflected.verbs |= bit;
  }
}

function addForms(entries: Entries, pairs: string, kind: number): void {
  for (const pair of words(pairs)) {
    const [form = '', base = ''] = pair.split(':');
    const entry = entries.of(form);
    entry.kinds |= kind;
    entry.verbs |= entries.of(base).verbs;
  }
}

function addLanguage(entries: Entries, language: Language): void {
  ACTION_GROUPS.forEach((group, index) => {
    const bit = 1 << index;
    for (const base of words(language.verbs[group])) addVerb(entries, language, base, bit);
    for (const noun of words(language.nouns[group] ?? '')) {
      for (const form of [noun, `${noun}s`]) {
        const entry = entries.of(form);
        entry.kinds |= WORD.noun;
        entry.nouns |= bit;
      }
    }
  });
  addForms(entries, language.irregular, WORD.form);
  addForms(entries, language.infinitives ?? '', WORD.gerund | WORD.formal);
  for (const base of words(language.lightVerbs)) {
    entries.of(base).kinds |= WORD.base | WORD.light;
    for (const { ending, drop, add, form } of language.inflections) {
      if (form !== 'gerund' || !base.endsWith(ending)) continue;
      entries.of(base.slice(0, base.length - drop) + add).kinds |= WORD.gerund | WORD.light;
    }
  }
  for (const { verbs, attributes = '', goals = '', after = '' } of language.uncertain ?? []) {
    entries.mark(verbs, WORD.uncertain);
    for (const word of words(`${attributes} ${goals} ${after}`)) entries.of(word);
  }
  entries.mark(language.fillers, WORD.filler);
  entries.mark(language.polite, WORD.polite);
  entries.mark(language.modals ?? '', WORD.modal);
  entries.mark(language.formal ?? '', WORD.sir);
  entries.mark(language.known.before, WORD.known);
  entries.mark(language.known.one, WORD.one);
  entries.mark(language.known.means, WORD.means);
  entries.mark(language.known.medium, WORD.medium);
  entries.mark(language.known.receiver, WORD.receiver);
  entries.mark(language.known.join, WORD.join);
  entries.mark(language.passive.duty, WORD.duty);
  entries.mark(language.passive.be, language.passive.isLast ? WORD.beLast : WORD.beFirst);
  entries.mark(language.due, WORD.due);
  entries.mark(language.openers, WORD.opener);
  entries.mark(language.stopWords, WORD.stop);
  entries.mark(language.spoken, WORD.spoken);
  entries.mark(language.digits, WORD.digit);
  entries.mark(language.elided ?? '', WORD.elided);
  entries.mark(language.enclitics ?? '', WORD.enclitic);
  CUES.forEach((cue, index) => {
    for (const word of words(language.cues[cue] ?? '')) entries.of(word).cues |= 1 << index;
  });
  const sources = language.sources.join(' ');
  REQUEST_CUES.forEach((cue, index) => {
    const list = cue === 'source' ? sources : (language.requestCues[cue] ?? '');
    for (const word of words(list)) entries.of(word).requestCues |= 1 << index;
  });
  language.months.forEach((names, index) => {
    for (const word of words(names)) {
      const entry = entries.of(word);
      entry.kinds |= WORD.month;
      entry.month = index + 1;
    }
  });
}

function suffixesOf(languages: readonly Language[]): ReadonlyMap<number, readonly Suffix[]> {
  const byUnit = new Map<number, Suffix[]>();
  for (const suffix of languages.flatMap((language) => language.suffixes)) {
    const unit = suffix[0].charCodeAt(suffix[0].length - 1);
    const list = byUnit.get(unit);
    if (list === undefined) byUnit.set(unit, [suffix]);
    else list.push(suffix);
  }
  return byUnit;
}

function uncertainOf(
  table: Pick<Lexicon, 'hashes' | 'mask'>,
  languages: readonly Language[],
): ReadonlyMap<number, UncertainVerb> {
  const slots = (list: string) => words(list).map((word) => slotOf(table, hashWord(word)));
  const bySlot = new Map<number, UncertainVerb>();
  for (const one of languages.flatMap(({ uncertain }) => uncertain ?? [])) {
    for (const slot of slots(one.verbs)) {
      const known = bySlot.get(slot);
      bySlot.set(slot, {
        mayBeNoun: one.attributes !== undefined || known?.mayBeNoun === true,
        attributes: new Set([...(known?.attributes ?? []), ...slots(one.attributes ?? '')]),
        goals: new Set([...(known?.goals ?? []), ...slots(one.goals ?? '')]),
        after: new Set([...(known?.after ?? []), ...slots(one.after ?? '')]),
      });
    }
  }
  return bySlot;
}

/** Compiles the languages into one table, at most a quarter full so that probes are short. */
export function compileLexicon(languages: readonly Language[]): Lexicon {
  const entries = new Entries();
  for (const language of languages) addLanguage(entries, language);
  let size = 1024;
  while (size < entries.all.size * 4) size *= 2;
  const lexicon = {
    mask: size - 1,
    hashes: new Int32Array(size),
    kinds: new Int32Array(size),
    verbActions: new Int32Array(size),
    nounActions: new Int32Array(size),
    cues: new Int32Array(size),
    requestCues: new Int32Array(size),
    months: new Int32Array(size),
    suffixes: suffixesOf(languages),
    digits: new Map(
      languages.flatMap(({ digits }) =>
        words(digits).map((word, at) => [word, String(at)] as const),
      ),
    ),
    languages,
  };
  for (const [word, entry] of entries.all) {
    const hash = hashWord(word);
    let slot = (hash ^ (hash >>> 15)) & lexicon.mask;
    while (lexicon.hashes[slot] !== 0 && lexicon.hashes[slot] !== hash) {
      slot = (slot + 1) & lexicon.mask;
    }
    lexicon.hashes[slot] = hash;
    lexicon.kinds[slot] = (lexicon.kinds[slot] ?? 0) | entry.kinds;
    lexicon.verbActions[slot] = (lexicon.verbActions[slot] ?? 0) | entry.verbs;
    lexicon.nounActions[slot] = (lexicon.nounActions[slot] ?? 0) | entry.nouns;
    lexicon.cues[slot] = (lexicon.cues[slot] ?? 0) | entry.cues;
    lexicon.requestCues[slot] = (lexicon.requestCues[slot] ?? 0) | entry.requestCues;
    lexicon.months[slot] = Math.max(lexicon.months[slot] ?? 0, entry.month);
  }
  return { ...lexicon, uncertain: uncertainOf(lexicon, languages) };
}
