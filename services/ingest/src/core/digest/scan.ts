/**
 * The words of a scanned text as arrays by word, and not as objects: a text has hundreds, and most are
 * never looked at twice. The arrays are made once and used again, since making five of them costs more
 * than reading the words of most texts; so a scan is read before the next one is made.
 */

/** By word. */
interface ScanArrays {
  start: Int32Array;
  end: Int32Array;
  info: Int32Array;
  hash: Int32Array;
  /** Slot of the word in the lexicon, or -1. */
  slot: Int32Array;
}

/** Valid until the next `scanText`: the arrays are used again, and longer than the text's words. */
export interface Scan extends ScanArrays {
  readonly text: string;
  words: number;
  /** First word of each segment; the segment after the last begins at `words`. */
  readonly segments: number[];
  /** Segments that stand beside a tag in capitals (`<NOTE>`). */
  tagged: Set<number> | undefined;
}

/** Words of the arrays that are kept; those of a longer text are its own. */
const KEPT_WORDS = 16_384;

function arrays(capacity: number): ScanArrays {
  return {
    start: new Int32Array(capacity),
    end: new Int32Array(capacity),
    info: new Int32Array(capacity),
    hash: new Int32Array(capacity),
    slot: new Int32Array(capacity),
  };
}
/** For all scans: digests are synchronous, and five arrays cost more than most texts' words. */
const KEPT = arrays(KEPT_WORDS);

/** Doubles the arrays. */
export function grow(scan: Scan): void {
  for (const name of ['start', 'end', 'info', 'hash', 'slot'] as const) {
    const grown = new Int32Array(scan[name].length * 2);
    grown.set(scan[name]);
    scan[name] = grown;
  }
}

/** An empty scan of `text`. */
export function newScan(text: string): Scan {
  // Prose has a word in six units; denser text makes the arrays double.
  const capacity = (text.length >> 2) + 8;
  const { start, end, info, hash, slot } = capacity <= KEPT_WORDS ? KEPT : arrays(capacity);
  return {
    text,
    words: 0,
    start,
    end,
    info,
    hash,
    slot,
    segments: [0],
    tagged: undefined,
  };
}
