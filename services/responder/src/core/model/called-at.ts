/** When a call was made: by its source, no later than ingest received it. */
import { epochMs, type ObservedCall } from '@waywarden/schemas';

/** As far as its duration is known. */
export function begunMs(call: ObservedCall): number {
  return calledMs(call) - (call.duration_ms ?? 0);
}

/** When ingest received it. */
export function latestMs(call: ObservedCall): number {
  const { observed_time: seen } = call;
  return seen === undefined ? calledMs(call) : Math.max(calledMs(call), epochMs(seen));
}

export function calledMs({ event_time: made, observed_time: seen }: ObservedCall): number {
  return seen === undefined ? epochMs(made) : Math.min(epochMs(made), epochMs(seen));
}
