/**
 * How spans order calls against their clocks: what runs inside a call's span came after it and what holds
 * it came before it, whatever the clocks say. Who infers from a later call's past what an earlier one's is
 * has to know of both.
 */
import type { ChainStep } from '../chain/chain-step.ts';
import type { ChainStore } from '../chain/chain-store.ts';

export interface SpanLook {
  /** Whether other calls run inside this one's span. */
  readonly holdsCalls: (call: ChainStep) => boolean;
  /** Whether it runs inside the span of a call of its own agent, or of another's. */
  readonly isHeldBy: (call: ChainStep, whose: 'own' | 'other') => boolean;
}

export function spanLook(store: ChainStore): SpanLook {
  return {
    holdsCalls: ({ n, wire: { span_id: span } }) =>
      span !== undefined && store.tables.bySpan(span).under.some((other) => other !== n),
    isHeldBy: ({ n, wire: { parent_span_id: span, agent_uid: agent } }, whose) =>
      span !== undefined &&
      [...store.stepsOf(store.tables.bySpan(span).over)].some(
        (other) => other.n !== n && (other.wire.agent_uid === agent) === (whose === 'own'),
      ),
  };
}
