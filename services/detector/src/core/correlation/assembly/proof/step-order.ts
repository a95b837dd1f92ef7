/**
 * Which of two steps came first: causal evidence, then event time, beyond the skew bound where clocks differ. A
 * made-up order would revoke the wrong agent.
 */
import { type ChainStep, compareTimes, lateMsOf } from '../model/chain-step.ts';
import { isAsserted } from './proof-assurance.ts';

type StepOrder = 'before' | 'after' | 'undetermined';

function sign(difference: number): StepOrder {
  if (difference === 0) return 'undetermined';
  return difference < 0 ? 'before' : 'after';
}

function contains(a: ChainStep, b: ChainStep): boolean {
  const span = a.wire.span_id;
  return span !== undefined && span !== a.wire.parent_span_id && span === b.wire.parent_span_id;
}

function oneClock(a: ChainStep, b: ChainStep): boolean {
  if (a.wire.event_time_quality === 'synthetic' && b.wire.event_time_quality === 'synthetic') {
    return true;
  }
  return (
    a.wire.agent_uid === b.wire.agent_uid && a.wire.event_time_quality === b.wire.event_time_quality
  );
}

/** A source that is late with everything keeps its order. */
function isBackdated(a: ChainStep, b: ChainStep, skewMs: number): boolean {
  const laterBy = lateMsOf(a) - lateMsOf(b);
  if (laterBy <= skewMs || compareTimes(a, b) >= 0 || a.ms + laterBy <= b.ms) return false;
  return isAsserted(a) || (a.wire.source !== undefined && a.wire.source === b.wire.source);
}

export function orderOf(a: ChainStep, b: ChainStep, skewMs: number): StepOrder {
  if (contains(a, b) !== contains(b, a)) return contains(a, b) ? 'before' : 'after';
  const [seqA, seqB] = [a.wire.source_seq, b.wire.source_seq];
  if (seqA !== undefined && seqB !== undefined && seqA.source === seqB.source) {
    if (seqA.seq !== seqB.seq) return sign(seqA.seq - seqB.seq);
  }
  if (isBackdated(a, b, skewMs) || isBackdated(b, a, skewMs)) return 'undetermined';
  const difference = compareTimes(a, b);
  if (oneClock(a, b)) return sign(difference);
  return Math.abs(a.ms - b.ms) > skewMs ? sign(difference) : 'undetermined';
}
