/**
 * When a call was made, for what is held against an order: by its source, and no later than ingest
 * received it. A source whose clock is ahead would else make a leak of a call from before the order, and
 * a proof of a refusal from before it.
 *
 * A clock that is behind is told from a late record by nothing: what was made before an order, by its source,
 * and received after, may have been made at any time between the two. `latestMs` is the end of that.
 */
import { epochMs, type Sighting } from '@waywarden/schemas';

/** When it began, as far as its record says how long it took: what an order takes, it had before. */
export function begunMs(call: Sighting): number {
  return calledMs(call) - (call.duration_ms ?? 0);
}

/** No later than this: when ingest received it. */
export function latestMs(call: Sighting): number {
  const { observed_time: seen } = call;
  return seen === undefined ? calledMs(call) : Math.max(calledMs(call), epochMs(seen));
}

export function calledMs({ event_time: made, observed_time: seen }: Sighting): number {
  return seen === undefined ? epochMs(made) : Math.min(epochMs(made), epochMs(seen));
}
