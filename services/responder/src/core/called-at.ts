/**
 * When a call was made, for what is held against an order: by its source, and no later than ingest
 * received it. A source whose clock is ahead would else make a leak of a call from before the order, and
 * a proof of a refusal from before it.
 */
import { epochMs, type Sighting } from '@waywarden/schemas';

/** When it began, as far as its record says how long it took: what an order takes, it had before. */
export function begunMs(call: Sighting): number {
  return calledMs(call) - (call.duration_ms ?? 0);
}

export function calledMs({ event_time: made, observed_time: seen }: Sighting): number {
  return seen === undefined ? epochMs(made) : Math.min(epochMs(made), epochMs(seen));
}
