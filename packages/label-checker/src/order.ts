/**
 * Which of two calls came first, as far as it can be told.
 *
 * "What came first is told by spans, then the source's own sequence, then time: one clock exactly,
 * two clocks beyond `limits.clock_skew`. Within it the order is undetermined." (reference-combinations)
 */
import type { Call } from './call.ts';
import type { Stream } from './stream.ts';

export type Order = 'before' | 'after' | 'undetermined';

/** A span tree is at most this deep; beyond it a chain of parents is taken for a circle. */
const SPANS_MAX = 64;

/** Whether `outer`'s span holds `inner`'s: a span starts before what is started in it. */
function spanHolds(outer: Call, inner: Call, stream: Stream): boolean {
  if (outer.spanId === undefined) return false;
  let parent = inner.parentSpanId;
  for (let n = 0; n < SPANS_MAX && parent !== undefined; n += 1) {
    if (parent === outer.spanId) return true;
    parent = stream.bySpan.get(parent)?.parentSpanId;
  }
  return false;
}

function byNumbers(a: number, b: number): Order {
  if (a === b) return 'undetermined';
  return a < b ? 'before' : 'after';
}

export function orderOf(a: Call, b: Call, stream: Stream): Order {
  if (spanHolds(a, b, stream)) return 'before';
  if (spanHolds(b, a, stream)) return 'after';
  const oneClock = a.source === b.source;
  if (oneClock && a.seq !== undefined && b.seq !== undefined) return byNumbers(a.seq, b.seq);
  if (oneClock) return byNumbers(a.timeMs, b.timeMs);
  if (Math.abs(a.timeMs - b.timeMs) <= stream.limits.skewMs) return 'undetermined';
  return byNumbers(a.timeMs, b.timeMs);
}

/** An undetermined order still links: "the alert says so, and nothing automatic follows". */
export function mayPrecede(a: Call, b: Call, stream: Stream): boolean {
  return orderOf(a, b, stream) !== 'after';
}
