/**
 * How what happened reaches the one who reads it: each gateway numbers its events in its own order,
 * then they are told in order of arrival, some late, some twice, some never.
 *
 * Day by day, so that memory holds a day and what is under way. Rejected: all events and one sort,
 * which ends with memory at a few thousand agent-days.
 */
import { DAY } from './calendar.ts';
import type { SimulatedEvent, TimedEvent } from './simulated-event.ts';

interface Told {
  readonly arrives: number;
  readonly event: SimulatedEvent;
}

const byTime = (a: TimedEvent, b: TimedEvent): number =>
  a.at - b.at || (a.event.native_id < b.event.native_id ? -1 : 1);
const byArrival = (a: Told, b: Told): number =>
  a.arrives - b.arrives || (a.event.native_id < b.event.native_id ? -1 : 1);

export class Delivery {
  readonly #sequence = new Map<string, number>();
  #ahead: TimedEvent[] = [];
  #untold: Told[] = [];

  get pending(): boolean {
    return this.#ahead.length + this.#untold.length > 0;
  }

  add(event: TimedEvent): void {
    this.#ahead.push(event);
  }

  addAll(events: readonly TimedEvent[]): void {
    for (const event of events) this.#ahead.push(event);
  }

  /** What is told until the end of `day`, in order; a lost event only leaves a gap in the numbers. */
  endOf(day: number): SimulatedEvent[] {
    const end = (day + 1) * DAY;
    const happened: TimedEvent[] = [];
    const later: TimedEvent[] = [];
    for (const timed of this.#ahead) (timed.at < end ? happened : later).push(timed);
    this.#ahead = later;
    this.#number(happened.sort(byTime));
    for (const { event, arrives, again, lost } of happened) {
      if (lost === true) continue;
      this.#untold.push({ event, arrives });
      if (again !== undefined) this.#untold.push({ event, arrives: again });
    }
    this.#untold.sort(byArrival);
    const told = this.#untold.filter((e) => e.arrives < end);
    this.#untold = this.#untold.filter((e) => e.arrives >= end);
    return told.map((t) => t.event);
  }

  #number(happened: readonly TimedEvent[]): void {
    for (const { event } of happened) {
      const seq = (this.#sequence.get(event.source.instance) ?? 0) + 1;
      this.#sequence.set(event.source.instance, seq);
      event.source.seq = seq;
    }
  }
}
