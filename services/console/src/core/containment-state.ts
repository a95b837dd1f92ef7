/**
 * What became of one command, said no stronger than it is proven: a later call that was denied confirms it, one that
 * went through refutes it, whatever receivers said. "Applied" needs every receiver that it names. What the responder
 * knows fills what the store still lacks.
 */
import { epochMs, type Receipt, type RevocationCommand } from '@waywarden/schemas';
import type {
  ClockStep,
  Containment,
  ContainmentState,
  DeniedBy,
  ReceiverState,
} from './containment-model.ts';
import {
  type ContainmentParts,
  FAILED,
  reportedDenial,
  type Seen,
  stillEnforcing,
} from './containment-parts.ts';
import { sentenceOf } from './containment-sentence.ts';
import type { EventRow } from './view-model.ts';
import { reportsOnly } from './words.ts';

/** Nobody has applied an order before it was given. */
function believedAt({ issued_at }: RevocationCommand, receipt: Receipt | undefined): string | null {
  const answeredAt = receipt?.applied_at ?? receipt?.received_at ?? null;
  return answeredAt !== null && epochMs(answeredAt) < epochMs(issued_at) ? issued_at : answeredAt;
}

/** The last receipt of each receiver stands; one that was named and is silent is waited for. */
function receiversOf({ command, receipts, known }: ContainmentParts): readonly ReceiverState[] {
  const last = new Map<string, Receipt>();
  for (const receipt of receipts) last.set(receipt.receiver, receipt);
  const names = [...new Set([...command.receivers, ...last.keys()])].sort();
  return names.map((receiver) => {
    const receipt = last.get(receiver);
    const reported = known?.receivers.find((one) => one.receiver === receiver);
    if (receipt === undefined && reported !== undefined) return reported;
    return {
      receiver,
      state: receipt?.state ?? 'waiting',
      // Its own word is taken as far as the responder takes it: a slow or lying clock is no clock.
      at: reported?.at ?? believedAt(command, receipt),
      usable_until: reported?.usable_until ?? receipt?.usable_until ?? null,
      detail: receipt?.detail ?? receipt?.error ?? '',
    };
  });
}

/** When the last named receiver had applied it; null while one has not. */
function appliedAt(command: RevocationCommand, states: readonly ReceiverState[]): string | null {
  const required = states.filter((one) => command.receivers.includes(one.receiver));
  if (required.length === 0 || required.some((one) => one.state !== 'applied')) return null;
  const times = required.flatMap((one) => one.at ?? []);
  return times.toSorted((a, b) => epochMs(a) - epochMs(b)).at(-1) ?? null;
}

/** Undefined where its record names another ground: that refusal is not this order's. */
function deniedBy({ command, grounds }: ContainmentParts, denied: EventRow): DeniedBy | undefined {
  const ground = grounds.get(denied.event_id);
  if (ground === undefined) return 'unnamed';
  return ground === command.command_id ? 'this' : undefined;
}

function seenAfter(parts: ContainmentParts, applied: string | null): Seen {
  const { command, undo } = parts;
  const calls = parts.calls.toSorted((a, b) => epochMs(a.at) - epochMs(b.at));
  const since = (time: string) => calls.filter((call) => epochMs(call.at) > epochMs(time));
  const later = since(command.issued_at);
  const refused = later.filter((call) => call.outcome === 'denied');
  const endMs = Math.min(
    epochMs(command.expires_at),
    epochMs(undo?.issued_at ?? command.expires_at),
  );
  const isLeak = ({ at, outcome }: EventRow) => outcome === 'success' && epochMs(at) <= endMs;
  const own = refused.filter((call) => deniedBy(parts, call) !== undefined);
  // One that names the order proves it; without such a one the first stands for what was seen.
  const denied = own.find((call) => deniedBy(parts, call) === 'this') ?? own[0] ?? null;
  const leaked =
    applied === null || command.drain === 'leave' ? null : (since(applied).find(isLeak) ?? null);
  return {
    denied,
    deniedBy: denied === null ? null : (deniedBy(parts, denied) ?? null),
    isRefusedOtherwise: own.length < refused.length,
    isNext: denied !== null && later[0]?.event_id === denied.event_id,
    leaked,
  };
}

function stateOf(
  parts: ContainmentParts,
  states: readonly ReceiverState[],
  applied: string | null,
  seen: Seen,
): ContainmentState {
  if (parts.known !== null) return parts.known.state;
  if (parts.undo !== null) {
    return stillEnforcing(parts, states).length > 0 ? 'restoring' : 'restored';
  }
  const isReported = reportsOnly(parts.command.action);
  if (applied !== null && isReported) return 'carried_out';
  if (seen.leaked !== null) return 'leaked';
  if (applied !== null && seen.denied !== null) return 'confirmed';
  if (states.some((one) => FAILED.has(one.state))) return 'failed';
  if (epochMs(parts.command.expires_at) <= epochMs(parts.asOf)) return 'expired';
  if (applied !== null) return 'applied';
  return states.some((one) => one.state === 'accepted') ? 'accepted' : 'issued';
}

export function containmentOf(parts: ContainmentParts): Containment {
  const { command, event, alertAt } = parts;
  const receivers = receiversOf(parts);
  const applied = appliedAt(command, receivers);
  const seen = seenAfter(parts, applied);
  const state = stateOf(parts, receivers, applied, seen);
  const denial = seen.denied ?? reportedDenial(parts);
  const clock: readonly ClockStep[] = [
    { step: 'event', at: event?.at ?? null, event_id: event?.event_id ?? null },
    { step: 'alert', at: alertAt, event_id: null },
    { step: 'command', at: command.issued_at, event_id: null },
    { step: 'receipt', at: applied, event_id: null },
    { step: 'denial', at: denial?.at ?? null, event_id: denial?.event_id ?? null },
  ];
  return {
    command,
    alert_title: parts.alertTitle,
    state,
    by_silence: state === 'confirmed' && denial === null && parts.known?.quiet_until != null,
    by_probe: state === 'confirmed' && denial === null && parts.known?.probed != null,
    re_mintable: parts.known?.re_mintable ?? null,
    sentence: sentenceOf(parts, state, receivers, applied, seen),
    receivers,
    clock,
    denied: seen.denied,
    denied_by_order: seen.deniedBy,
    leaked: seen.leaked,
    used_by_other: parts.known?.used_by_other ?? null,
  };
}
