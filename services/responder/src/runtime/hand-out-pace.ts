/** Commands a receiver may get now: a bucket at its rate, empty at start. */
const IN_HAND_SECONDS = 0.25;

interface Bucket {
  readonly room: number;
  readonly atMs: number;
}

export interface HandOutPaceParts {
  /** Undefined: no limit. */
  readonly rateOf: (receiver: string) => number | undefined;
  readonly clockMs: () => number;
}

export class HandOutPace {
  readonly #parts: HandOutPaceParts;
  readonly #buckets = new Map<string, Bucket>();

  constructor(parts: HandOutPaceParts) {
    this.#parts = parts;
  }

  room(receiver: string): number {
    const { rateOf, clockMs } = this.#parts;
    const rate = rateOf(receiver);
    if (rate === undefined) return Number.POSITIVE_INFINITY;
    const nowMs = clockMs();
    const before = this.#buckets.get(receiver) ?? { room: 0, atMs: nowMs };
    const filled = before.room + ((nowMs - before.atMs) / 1000) * rate;
    const room = Math.min(Math.max(1, rate * IN_HAND_SECONDS), filled);
    this.#buckets.set(receiver, { room, atMs: nowMs });
    return Math.max(0, Math.floor(room));
  }

  spend(receiver: string, commands: number): void {
    const bucket = this.#buckets.get(receiver);
    if (bucket === undefined) return;
    this.#buckets.set(receiver, { ...bucket, room: bucket.room - commands });
  }

  waitMs(receiver: string): number {
    const rate = this.#parts.rateOf(receiver);
    const bucket = this.#buckets.get(receiver);
    if (rate === undefined || bucket === undefined) return 0;
    return Math.max(0, Math.ceil(((1 - bucket.room) / rate) * 1000));
  }
}
