/** What is known of one command, from which its state and its sentence are made. */
import { epochMs, type Receipt, type RevocationCommand } from '@waywarden/schemas';
import type { DeniedBy, KnownState, ReceiverState } from './containment-model.ts';
import type { EventRow } from './view-model.ts';

export interface ContainmentParts {
  readonly command: RevocationCommand;
  readonly alertTitle: string;
  /** The call on which the alert rests last, and when the alert was first there; null: unknown. */
  readonly event: { readonly event_id: string; readonly at: string } | null;
  readonly alertAt: string | null;
  readonly receipts: readonly Receipt[];
  /** What receivers said of the undo. */
  readonly undoReceipts: readonly Receipt[];
  /** Calls of the subject since the command, any order. */
  readonly calls: readonly EventRow[];
  /** What the record of a denied call names as the ground of the refusal, by event id. */
  readonly grounds: ReadonlyMap<string, string>;
  /** The command that takes it back; null: none does. */
  readonly undo: RevocationCommand | null;
  /** What the responder itself says; null where it runs elsewhere. Receipts and calls alone then speak. */
  readonly known: KnownState | null;
  readonly asOf: string;
}

export const FAILED: ReadonlySet<string> = new Set(['failed', 'unsupported', 'partial', 'expired']);

/** Nothing to give back: it was never done. */
const NEVER_DID: ReadonlySet<string> = new Set(['failed', 'unsupported', 'expired']);

/** The first refusal as the responder's journal has it, where the store has none yet. */
interface ReportedDenial {
  readonly at: string;
  readonly event_id: string;
  readonly isByOrder: boolean;
}

export function reportedDenial({ known }: ContainmentParts): ReportedDenial | null {
  if (known?.denied == null) return null;
  const { at, event_id, by_order } = known.denied;
  return { at, event_id, isByOrder: by_order };
}

export interface Seen {
  readonly denied: EventRow | null;
  readonly deniedBy: DeniedBy | null;
  /** Something else refused a later call, which tells nothing of this order. */
  readonly isRefusedOtherwise: boolean;
  /** Nothing of the subject went through between the order and the refusal. */
  readonly isNext: boolean;
  readonly leaked: EventRow | null;
}

function gaveBack({ undoReceipts, known }: ContainmentParts): ReadonlySet<string> {
  const undoneBy = undoReceipts.filter((one) => one.state === 'applied').map((one) => one.receiver);
  return new Set([...undoneBy, ...(known?.given_back ?? [])]);
}

/** Who was asked, has not refused and has not said that they gave it back: they may enforce it still. */
export function stillEnforcing(
  parts: ContainmentParts,
  states: readonly ReceiverState[],
): readonly string[] {
  if (parts.undo === null || epochMs(parts.undo.expires_at) <= epochMs(parts.asOf)) return [];
  const back = gaveBack(parts);
  return states
    .filter((one) => !NEVER_DID.has(one.state) && !back.has(one.receiver))
    .map((one) => one.receiver);
}
