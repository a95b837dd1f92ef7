/**
 * Which states of a process are in memory: spaces share one bound in bytes, and the heaviest lets
 * go first. What is let go is read from disk again.
 */

/** Of a value: strings, slots and headers as V8 has them. */
const HEADER_BYTES = 24;
const SLOT_BYTES = 8;
/** An object with more keys than this is a table: it holds its keys itself. */
const SHAPE_KEYS_MAX = 32;
/** Elements that are looked at; the rest is taken for the same. */
const SAMPLED_MAX = 8;
/** Of all states of a process that are in memory, about. */
const CACHE_BYTES_MAX = 256 * 1024 * 1024;
/** Hand moves of one call. */
const STEPS_MAX = 256;

/** About how many bytes of heap a plain value takes. */
export function weightOf(value: unknown): number {
  if (typeof value === 'string') return HEADER_BYTES + value.length;
  if (typeof value !== 'object' || value === null) return SLOT_BYTES;
  const values: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  const count = values.length;
  let sampled = 0;
  const looked = Math.min(count, SAMPLED_MAX);
  for (let at = 0; at < looked; at++) sampled += weightOf(values[at]);
  const contents = looked === 0 ? 0 : (sampled / looked) * count;
  const isTable = !Array.isArray(value) && count > SHAPE_KEYS_MAX;
  return HEADER_BYTES + contents + count * SLOT_BYTES * (isTable ? 8 : 1);
}

/** What holds values, and can let some go that are stored. */
export interface CacheHolder {
  readonly bytes: number;
  /** Looks at so many entries and lets go of those that were not used. */
  letGo(steps: number): void;
}

export class CacheRoom {
  readonly #bytesMax: number;
  readonly #holders = new Set<CacheHolder>();
  bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  add(holder: CacheHolder): void {
    this.#holders.add(holder);
  }

  remove(holder: CacheHolder): void {
    if (this.#holders.delete(holder)) this.bytes -= holder.bytes;
  }

  /** A step back towards the bound where it is exceeded. */
  makeRoom(): void {
    if (this.bytes <= this.#bytesMax) return;
    let heaviest: CacheHolder | undefined;
    for (const holder of this.#holders) {
      if (holder.bytes > (heaviest?.bytes ?? 0)) heaviest = holder;
    }
    heaviest?.letGo(STEPS_MAX);
  }
}

export const PROCESS_ROOM = new CacheRoom(CACHE_BYTES_MAX);
