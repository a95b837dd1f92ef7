/**
 * How what happened reaches the one who reads it: each gateway numbers its events in its own order,
 * then they are told in order of arrival, some late, some twice, some never.
 *
 * Day by day, so that memory holds a day and what is under way. Rejected: all events and one sort,
 * which ends with memory at a few thousand agent-days.
 */
import { DAY } from './calendar.ts';
import type { SimulatedEvent, TimedEvent } from './simulated-event.ts';

/** In which form events wait until they are told. */
export interface Keeping<T> {
  readonly keep: (event: SimulatedEvent) => T;
  readonly number: (retained: T, seq: number) => void;
}

interface Waiting<T> {
  readonly at: number;
  readonly arrives: number;
  readonly again: number | undefined;
  readonly lost: boolean;
  readonly native: string;
  readonly gateway: string;
  readonly retained: T;
}

interface Reported<T> {
  readonly arrives: number;
  readonly native: string;
  readonly retained: T;
}

const byTime = (a: Waiting<unknown>, b: Waiting<unknown>): number =>
  a.at - b.at || (a.native < b.native ? -1 : 1);
const byArrival = (a: Reported<unknown>, b: Reported<unknown>): number =>
  a.arrives - b.arrives || (a.native < b.native ? -1 : 1);

export class Delivery<T> {
  readonly #keeping: Keeping<T>;
  readonly #sequence = new Map<string, number>();
  #ahead: Waiting<T>[] = [];
  #unreported: Reported<T>[] = [];

  constructor(keeping: Keeping<T>) {
    this.#keeping = keeping;
  }

  get pending(): boolean {
    return this.#ahead.length + this.#unreported.length > 0;
  }

  add({ at, arrives, again, lost = false, event }: TimedEvent): void {
    const { native_id: native, source } = event;
    const retained = this.#keeping.keep(event);
    this.#ahead.push({ at, arrives, again, lost, native, gateway: source.instance, retained });
  }

  addAll(events: readonly TimedEvent[]): void {
    for (const event of events) this.add(event);
  }

  /** What is told until the end of `day`, in order; a lost event only leaves a gap in the numbers. */
  endOf(day: number): T[] {
    const end = (day + 1) * DAY;
    const happened: Waiting<T>[] = [];
    const later: Waiting<T>[] = [];
    for (const waiting of this.#ahead) (waiting.at < end ? happened : later).push(waiting);
    this.#ahead = later;
    this.#number(happened.sort(byTime));
    for (const { retained, native, arrives, again, lost } of happened) {
      if (lost) continue;
      this.#unreported.push({ retained, native, arrives });
      if (again !== undefined) this.#unreported.push({ retained, native, arrives: again });
    }
    this.#unreported.sort(byArrival);
    const told = this.#unreported.filter((e) => e.arrives < end);
    this.#unreported = this.#unreported.filter((e) => e.arrives >= end);
    return told.map((t) => t.retained);
  }

  #number(happened: readonly Waiting<T>[]): void {
    for (const { retained, gateway } of happened) {
      const seq = (this.#sequence.get(gateway) ?? 0) + 1;
      this.#sequence.set(gateway, seq);
      this.#keeping.number(retained, seq);
    }
  }
}
