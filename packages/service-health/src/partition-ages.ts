/**
 * For how long the oldest undecided record of a stage has waited, from looks at the partitions'
 * ends.
 */
interface SeenEnd {
  readonly end: number;
  readonly atMs: number;
}

interface Partition {
  /** Ends not passed yet, the oldest first. */
  ends: readonly SeenEnd[];
  next: number;
  /** When `next` last moved on, or there was nothing to do. */
  movedMs: number;
}

interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly next: number;
}

/** Ends remembered of a partition; of more, every second one is forgotten. */
const SEEN_ENDS_MAX = 240;

function thinned(ends: readonly SeenEnd[]): readonly SeenEnd[] {
  return ends.length <= SEEN_ENDS_MAX ? ends : ends.filter((_, at) => at % 2 === 0);
}

export class PartitionAges {
  #partitions = new Map<string, Partition>();
  #lag = 0;

  /** Records to be decided, at the last look. */
  get lag(): number {
    return this.#lag;
  }

  look(
    places: readonly Place[],
    endOf: (topic: string, partition: number) => number,
    nowMs: number,
  ): void {
    const partitions = new Map<string, Partition>();
    this.#lag = 0;
    for (const { topic, partition, next } of places) {
      const key = `${topic}/${partition}`;
      const end = endOf(topic, partition);
      const before = this.#partitions.get(key);
      const ends = (before?.ends ?? []).filter((seen) => seen.end > next);
      const isNew = end > next && end > (ends.at(-1)?.end ?? 0);
      const hasMoved = before === undefined || next > before.next || before.ends.length === 0;
      this.#lag += Math.max(0, end - next);
      partitions.set(key, {
        ends: thinned(isNew ? [...ends, { end, atMs: nowMs }] : ends),
        next,
        movedMs: hasMoved ? nowMs : before.movedMs,
      });
    }
    this.#partitions = partitions;
  }

  oldestMs(nowMs: number): number {
    const oldest = [...this.#partitions.values()].map(({ ends: [first] }) => first?.atMs ?? nowMs);
    return Math.max(0, nowMs - Math.min(nowMs, ...oldest));
  }

  /** For how long the stage has not moved on in the partition that is longest at rest with work to do. */
  stillMs(nowMs: number): number {
    const still = [...this.#partitions.values()]
      .filter(({ ends }) => ends.length > 0)
      .map(({ movedMs }) => nowMs - movedMs);
    return Math.max(0, ...still);
  }
}
