/**
 * `ww_src`: where an output came from. Outputs of one source partition arrive in order, so a reader
 * drops everything at or below the last mark (docs/architecture.md, Determinism).
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

type SrcPlace = Pick<SrcMark, 'topic' | 'incarnation' | 'partition'>;

const PLACES_MAX = 1024;
const places = new Map<string, SrcPlace>();

function readPlace(text: string): SrcPlace | undefined {
  const parts = text.split('/');
  const [topic, incarnation] = parts;
  const partition = Number(parts[2]);
  if (parts.length !== 3 || !topic || !incarnation || !isCount(partition)) return undefined;
  return { topic, incarnation, partition };
}

function placeOf(text: string): SrcPlace | undefined {
  const known = places.get(text);
  if (known !== undefined) return known;
  const place = readPlace(text);
  if (place === undefined) return undefined;
  if (places.size >= PLACES_MAX) places.clear();
  places.set(text, place);
  return place;
}

const isCount = (value: number) => Number.isSafeInteger(value) && value >= 0;

/** Undefined when the text is not a mark. */
export function decodeSrc(text: string): SrcMark | undefined {
  const indexAt = text.lastIndexOf('/');
  const offsetAt = text.lastIndexOf('/', indexAt - 1);
  if (offsetAt < 0) return undefined;
  const place = placeOf(text.slice(0, offsetAt));
  const [offset, index] = [
    Number(text.slice(offsetAt + 1, indexAt)),
    Number(text.slice(indexAt + 1)),
  ];
  if (place === undefined || !isCount(offset) || !isCount(index)) return undefined;
  const { topic, incarnation, partition } = place;
  return { topic, incarnation, partition, offset, index };
}

/** The key under which the last applied mark of a source partition is kept. */
export function srcPartition(mark: SrcPlace): string {
  return `${mark.topic}/${mark.incarnation}/${mark.partition}`;
}

export interface Applied {
  readonly offset: number;
  readonly index: number;
}

export function isRepeat(mark: SrcMark, last: Applied | undefined): boolean {
  if (last === undefined) return false;
  return mark.offset < last.offset || (mark.offset === last.offset && mark.index <= last.index);
}
