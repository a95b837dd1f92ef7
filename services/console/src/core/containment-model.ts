/** What became of orders, as the server answers and the page shows it; types only. */
import type { Receipt, RevocationCommand } from '@waywarden/schemas';
import type { EventRow } from './event-row.ts';
import type { GoingOn, UsedByOther } from './going-on.ts';

/**
 * What is known of a command, strongest last. `applied`: every required receiver says so; `carried_out`: that, of what
 * takes nothing away; `usable_until`: tokens that nobody asks about still pass; `re_mintable`: a new one would be given;
 * `contained`: neither; `unconfirmed`: no proof came in time; `confirmed`: seen denied, or silent where it would have
 * been seen; `leaked`: a later call went through; `restoring`: reverted, and somebody may still enforce it.
 */
export type ContainmentState =
  | 'issued'
  | 'delivered'
  | 'accepted'
  | 'applied'
  | 'carried_out'
  | 'usable_until'
  | 're_mintable'
  | 'contained'
  | 'unconfirmed'
  | 'confirmed'
  | 'leaked'
  | 'failed'
  | 'expired'
  | 'restoring'
  | 'restored';

export interface ReceiverState {
  readonly receiver: string;
  /** `waiting`: no receipt yet. */
  readonly state: Receipt['state'] | 'waiting';
  readonly at: string | null;
  readonly usable_until: string | null;
  readonly detail: string;
}

/** From the call to the first denial; `at` null: not yet. */
export interface ClockStep {
  readonly step: 'event' | 'alert' | 'command' | 'receipt' | 'denial';
  readonly at: string | null;
  readonly event_id: string | null;
}

/** What the responder itself knows of an order, where the page runs beside it. */
export interface KnownState extends GoingOn {
  readonly state: ContainmentState;
  readonly usable_until: string | null;
  /** What a receiver said of that, where it is longer than credentials of the class live. */
  readonly doubted_until: string | null;
  readonly re_mintable: boolean;
  /** Receivers that must apply it since it was given, and have not. */
  readonly not_asked?: readonly string[];
  /** Confirmed by silence, up to then, and by no call. */
  readonly quiet_until: string | null;
  /** The call that was denied; the store may have it only later. */
  readonly denied: {
    readonly event_id: string;
    readonly at: string;
    /** The record of the refusal names the order. */
    readonly by_order: boolean;
  } | null;
  /** Who was asked, tried and was refused; null: nobody. */
  readonly probed: { readonly by: string; readonly at: string; readonly own: boolean } | null;
  /** Who was asked, tried and could still act; null: nobody. */
  readonly probe_leak: { readonly by: string; readonly at: string } | null;
  /** Those asked of whom none could tell, so far. */
  readonly probe_asked: number;
  /** Who has said that they gave it back, where it was taken back. */
  readonly given_back: readonly string[];
  /** What receivers said; the store may have their receipts only later. */
  readonly receivers: readonly ReceiverState[];
}

/** By what it is believed that access is gone, or not. */
interface ContainmentProof {
  /** Null: not known here. */
  readonly re_mintable: boolean | null;
  /** No call was denied, and none came. */
  readonly by_silence: boolean;
  /** No call was denied, but a probe was. */
  readonly by_probe: boolean;
  readonly denied: EventRow | null;
  /** Whether the record of the refusal names this order; null: nothing was denied. */
  readonly denied_by_order: DeniedBy | null;
  readonly leaked: EventRow | null;
  /** Why it leaked, where it was by somebody else with the credential that it took. */
  readonly used_by_other: UsedByOther | null;
}

export interface Containment extends ContainmentProof {
  readonly command: RevocationCommand;
  readonly alert_title: string;
  readonly state: ContainmentState;
  readonly sentence: string;
  readonly receivers: readonly ReceiverState[];
  readonly clock: readonly ClockStep[];
}

/** One line of an order's history; `event_id`: the call that it tells of. */
export interface HistoryLine {
  readonly at: string;
  readonly what: string;
  readonly detail: string;
  readonly event_id?: string;
}

export interface ContainmentPage {
  readonly as_of: string;
  readonly containment: Containment;
  readonly history: readonly HistoryLine[];
}

/** `unnamed`: no order and no rule; `other`: something else. */
export type DeniedBy = 'this' | 'unnamed';
