/**
 * How late a detection comes, in minutes and in events of the agent: at how many events of its own
 * since the onset it was raised. 1 event is the earliest possible: at the first deviating one.
 */
import { quantile } from 'simple-statistics';

export interface Delay {
  readonly minutes: number;
  readonly events: number;
}

interface Spread {
  readonly median: number;
  readonly p90: number;
  readonly max: number;
}

/** Of detected incidents only: what was missed has no delay, and is told by the recall beside it. */
export interface Delays {
  readonly n: number;
  readonly minutes: Spread | null;
  readonly events: Spread | null;
}

const MINUTE_MS = 60_000;

export function delayMinutes(fromMs: number, detectedMs: number): number {
  return Math.max(0, detectedMs - fromMs) / MINUTE_MS;
}

function spread(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const round = (value: number) => Number(value.toFixed(2));
  return {
    median: round(quantile(sorted, 0.5)),
    p90: round(quantile(sorted, 0.9)),
    max: round(sorted.at(-1) ?? 0),
  };
}

export function delaysOf(delays: readonly Delay[]): Delays {
  return {
    n: delays.length,
    minutes: spread(delays.map((one) => one.minutes)),
    events: spread(delays.map((one) => one.events)),
  };
}
