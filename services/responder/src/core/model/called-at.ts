/**
 * When a call was made: by its source, and no later than ingest received it. Made before an order
 * and received after, it may be of any time up to `latestMs`.
 */
import { epochMs, type ObservedCall } from '@waywarden/schemas';

/** When it began, as far as its record says how long it took: what an order takes, it had before. */
export function begunMs(call: ObservedCall): number {
  return calledMs(call) - (call.duration_ms ?? 0);
}

/** No later than this: when ingest received it. */
export function latestMs(call: ObservedCall): number {
  const { observed_time: seen } = call;
  return seen === undefined ? calledMs(call) : Math.max(calledMs(call), epochMs(seen));
}

export function calledMs({ event_time: made, observed_time: seen }: ObservedCall): number {
  return seen === undefined ? epochMs(made) : Math.min(epochMs(made), epochMs(seen));
}
