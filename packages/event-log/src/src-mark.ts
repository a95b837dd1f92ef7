/**
 * `ww_src`: where an output came from, and how a reader tells a repeat from news.
 *
 * A stage emits, for each input record, zero or more outputs numbered from 0. Outputs of one source
 * partition reach each destination partition in order, so a reader that keeps the last mark applied
 * per source partition can drop everything at or below it: a crash, a rebalance or a zombie can
 * only emit again what was emitted before (docs/architecture.md, Determinism).
 */
export interface SrcMark {
  readonly topic: string;
  readonly incarnation: string;
  readonly partition: number;
  readonly offset: number;
  readonly index: number;
}

/** `topic/incarnation/partition/offset/index`; topic names and incarnations hold no slash. */
export function encodeSrc(mark: SrcMark): string {
  return `${mark.topic}/${mark.incarnation}/${mark.partition}/${mark.offset}/${mark.index}`;
}

/** Undefined when the text is not a mark. */
export function decodeSrc(text: string): SrcMark | undefined {
  const parts = text.split('/');
  const [topic, incarnation, partition, offset, index] = parts;
  if (parts.length !== 5 || !topic || !incarnation) return undefined;
  const numbers = [partition, offset, index].map(Number);
  if (numbers.some((n) => !Number.isSafeInteger(n) || n < 0)) return undefined;
  const [p = 0, o = 0, i = 0] = numbers;
  return { topic, incarnation, partition: p, offset: o, index: i };
}

/** The key under which the last applied mark of a source partition is kept. */
export function srcPartition(mark: Pick<SrcMark, 'topic' | 'incarnation' | 'partition'>): string {
  return `${mark.topic}/${mark.incarnation}/${mark.partition}`;
}

/** The last (offset, index) applied of one source partition. */
export interface Applied {
  readonly offset: number;
  readonly index: number;
}

/** Whether `mark` was applied before, given the last applied of its source partition. */
export function isRepeat(mark: SrcMark, last: Applied | undefined): boolean {
  if (last === undefined) return false;
  return mark.offset < last.offset || (mark.offset === last.offset && mark.index <= last.index);
}
