/** Missing numbers of a source (`source.seq`), told for a day. Lower and later begins anew. One intake a source. */
import { epochMs, shiftTime } from '@waywarden/schemas';
import { BoundedMap } from '../domain/bounded-map.ts';

/** The longest unheard begins anew. */
export const NUMBERED_SOURCES_MAX = 10_000;
/** The earliest two become one. */
export const HOLES_MAX = 16;
const WARMED_UP_MS = 120_000;
const REPORTED_MS = 86_400_000;
/** Whether they are dense. */
const SPAN = 512;
const SPAN_MIN = 32;
const DENSE = 0.6;
const HOLE_WEIGHT_MAX = 4;

interface Hole {
  readonly from: number;
  readonly to: number;
  readonly sinceMs: number;
  readonly untilMs: number;
  /** After two became one. */
  readonly numbers: number;
}

interface Followed {
  readonly high: number;
  readonly highMs: number;
  readonly holes: readonly Hole[];
  readonly came: number;
  readonly span: number;
}

export interface Missing {
  readonly numbers: number;
  readonly since: string;
  readonly until: string;
}

function filled(holes: readonly Hole[], seq: number): readonly Hole[] {
  return holes.flatMap((hole) => {
    if (seq < hole.from || seq > hole.to) return [hole];
    const numbers = hole.numbers - 1;
    if (numbers === 0) return [];
    if (numbers < hole.to - hole.from) return [{ ...hole, numbers }];
    const before = { ...hole, to: seq - 1, numbers: seq - hole.from };
    const after = { ...hole, from: seq + 1, numbers: hole.to - seq };
    return [before, after].filter((one) => one.numbers > 0);
  });
}

function bounded(holes: readonly Hole[]): readonly Hole[] {
  const [first, second, ...rest] = holes;
  if (holes.length <= HOLES_MAX || first === undefined || second === undefined) return holes;
  const { to, untilMs } = second;
  return [{ ...first, to, untilMs, numbers: first.numbers + second.numbers }, ...rest];
}

function higher(known: Followed, seq: number, ms: number): Followed {
  const { high, highMs, holes, came, span } = known;
  const numbers = seq - high - 1;
  const hole = {
    ...{ from: high + 1, to: seq - 1, numbers },
    ...{ sinceMs: Math.min(highMs, ms), untilMs: Math.max(highMs, ms) },
  };
  const half = span > SPAN ? 2 : 1;
  return {
    high: seq,
    highMs: Math.max(ms, highMs),
    holes: numbers === 0 ? holes : bounded([...holes, hole]),
    came: (came + 1) / half,
    span: (span + 1 + Math.min(numbers, HOLE_WEIGHT_MAX)) / half,
  };
}

function withNumber(known: Followed | undefined, seq: number, ms: number): Followed {
  if (known === undefined) return { high: seq, highMs: ms, holes: [], came: 1, span: 1 };
  if (seq > known.high) return higher(known, seq, ms);
  const holes = filled(known.holes, seq);
  if (holes.length !== known.holes.length || holes.some((one, at) => one !== known.holes[at])) {
    return { ...known, holes, came: known.came + 1 };
  }
  // A repeat is no older.
  return ms > known.highMs + WARMED_UP_MS ? { ...known, high: seq, highMs: ms } : known;
}

const timeOf = (ms: number) => shiftTime('1970-01-01T00:00:00Z', ms);

function missingOf({ holes, highMs, came, span }: Followed): Missing | undefined {
  if (holes.length === 0 || (span > SPAN_MIN && came < DENSE * span)) return undefined;
  let [numbers, since, until] = [0, Number.POSITIVE_INFINITY, 0];
  for (const { sinceMs, untilMs, numbers: lost } of holes) {
    if (highMs - sinceMs <= WARMED_UP_MS) continue;
    numbers += lost;
    since = Math.min(since, sinceMs);
    until = Math.max(until, untilMs);
  }
  return numbers === 0 ? undefined : { numbers, since: timeOf(since), until: timeOf(until) };
}

export class SourceNumbers {
  readonly #sources = new BoundedMap<Followed>(NUMBERED_SOURCES_MAX);

  note(source: string, seq: number, eventTime: string): Missing | undefined {
    const ms = epochMs(eventTime);
    const next = withNumber(this.#sources.get(source), seq, ms);
    const holes = next.holes.filter(({ untilMs }) => next.highMs - untilMs <= REPORTED_MS);
    const followed = holes.length === next.holes.length ? next : { ...next, holes };
    this.#sources.set(source, followed);
    return missingOf(followed);
  }
}
