/**
 * Which payment a chain set up, where its calls say so, and the order that holds it. Only an approval acts on
 * the payment itself: what a transfer names is where the money goes, and holding that would be a guess.
 */
import type { Target } from '@waywarden/schemas';
import { type ChainStep, tookPlace } from '../chain/chain-step.ts';

const APPROVES = /^approve:payment(@|$)/;

function paymentOf({ wire }: ChainStep): string | undefined {
  return wire.target?.resource_type === 'payment' ? wire.target.resource_id : undefined;
}

/** Whether both calls name one payment. A call is about what itself is about, named system or not. */
function areOfOnePayment(a: ChainStep, b: ChainStep): boolean {
  if (paymentOf(a) === undefined || paymentOf(a) !== paymentOf(b)) return false;
  const system = a.wire.target?.system;
  return a === b || (system !== undefined && system === b.wire.target?.system);
}

/** A guess of what a tool may be for names nothing, and a call that was denied holds nothing. */
function isApproval(call: ChainStep): boolean {
  return (
    tookPlace(call) &&
    call.wire.capabilities.some(
      ({ symbol, basis }) => APPROVES.test(symbol) && basis !== 'inferred',
    )
  );
}

/**
 * The payment that this call set up, as an order must name it. A source that tells of a call once gives
 * it no `call_uid`, and its `native_id` is its name there.
 *
 * @param others calls that were proven together with it.
 */
export function paymentTarget(call: ChainStep, others: readonly ChainStep[]): Target | undefined {
  const payment = paymentOf(call);
  if (payment === undefined) return undefined;
  const approvals = [call, ...others].filter(
    (one) => isApproval(one) && areOfOnePayment(one, call),
  );
  // Two approvals of one payment: one order holds it, whichever of its calls is asked about.
  const [first] = approvals.toSorted((a, b) => (a.wire.event_id < b.wire.event_id ? -1 : 1));
  const { tenant_id, agent_uid, call_uid, native_id } = first?.wire ?? {};
  const id = call_uid ?? native_id;
  if (tenant_id === undefined || agent_uid === undefined || id === undefined) return undefined;
  return { level: 'call', tenant_id, agent_uid, call_uid: id, payment_id: payment };
}
