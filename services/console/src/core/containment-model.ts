/** What became of orders, as the server answers and the page shows it; types only. */
import { epochMs, type Receipt, type RevocationCommand, type WhyUntied } from '@waywarden/schemas';
import type { EventRow } from './event-row.ts';
import { listOf, shortName } from './words.ts';

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

/** What tells that access is still used, though no call of the subject itself was seen to go through. */

/** Somebody else got through with the credential that was taken. */
interface UsedByOther {
  readonly by: string;
  readonly at: string;
  readonly credential: string;
}

/** A call of a contained agent of which nobody can tell whether it was stopped, and why. */
interface WentOn {
  readonly by: string;
  readonly at: string;
  /** Null: it names none. */
  readonly credential: string | null;
  readonly why: WhyUntied;
}

const NOBODY_KNOWS = 'whether it goes on with what was stopped, nobody can tell';

/** What is said of it after who made it, and with what. */
export const UNTIED_WORDS: Readonly<Record<WhyUntied, string>> = {
  no_task: `that names no task, and it went through; ${NOBODY_KNOWS}`,
  other_task: `in another task, and it went through; ${NOBODY_KNOWS}`,
  no_instance: `that names no instance, and it went through; ${NOBODY_KNOWS}`,
  no_conversation: `that names no conversation, and it went through; ${NOBODY_KNOWS}`,
  no_credential: `that names no credential, and it went through; ${NOBODY_KNOWS}`,
  no_tool: `that does not say of which server the tool is, and it went through; ${NOBODY_KNOWS}`,
  unknown_outcome:
    'of which nobody says that it was refused or that it went through; whether it was stopped, nobody can tell',
  under_way: 'that had begun before, and it went through; nothing since has shown that it holds',
  late_record:
    'that was made before the order by its own clock, and received after; whether it is a late record or the clock is behind, nobody can tell',
  claimed_approved:
    'that a person has approved, as only its own record says; whether one was asked, nobody can tell',
};

interface GoingOn {
  /** Null: nobody has, or its own agent too. */
  readonly used_by_other: UsedByOther | null;
  /** Null: nobody has. */
  readonly untied: WentOn | null;
  /** Since then no call is held against the order. Null: each is. */
  readonly unwatched_since: string | null;
}

/** What happened to one order, in order of time: given, answered by receivers, held against calls, undone, ended. */
const ANSWERED: Readonly<Record<Receipt['state'], string>> = {
  accepted: 'accepted it',
  applied: 'applied it',
  partial: 'applied a part of it',
  unsupported: 'can’t carry it out',
  failed: 'failed',
  expired: 'let it expire',
};

/** Whoever of the policy, a person or Waywarden itself commanded it. */
function givenBy({ initiating_entity: who, approvals }: RevocationCommand): string {
  const people = listOf(approvals.map(({ by }) => by));
  if (who === 'admin') return people === '' ? 'a person' : people;
  const agreed = people === '' ? '' : `, with the approval of ${people}`;
  return `${who === 'policy' ? 'the policy' : 'Waywarden itself'}${agreed}`;
}

const answerOf = (receipt: Receipt, of: string): HistoryLine => ({
  at: receipt.received_at ?? receipt.applied_at ?? '',
  what: `${receipt.receiver} ${ANSWERED[receipt.state]}${of}`,
  detail: receipt.detail ?? receipt.error ?? '',
});

function callLines({ denied, leaked, command }: Containment): readonly HistoryLine[] {
  const who = shortName(command.target.agent_uid);
  return [
    ...(denied === null
      ? []
      : [{ at: denied.at, what: `a call of ${who} was denied`, event_id: denied.event_id }]),
    ...(leaked === null
      ? []
      : [{ at: leaked.at, what: `a call of ${who} went through`, event_id: leaked.event_id }]),
  ].map((line) => ({ ...line, detail: '' }));
}

interface ContainmentRecords {
  readonly containment: Containment;
  readonly receipts: readonly Receipt[];
  readonly undo: RevocationCommand | undefined;
  readonly asOf: string;
}

export function containmentHistory(records: ContainmentRecords): readonly HistoryLine[] {
  const { containment, receipts, undo, asOf } = records;
  const { command } = containment;
  const answers = receipts.map((one) =>
    answerOf(one, one.command_id === undo?.command_id ? ', the restore' : ''),
  );
  const ended = epochMs(command.expires_at) <= epochMs(asOf) && undo === undefined;
  const lines = [
    { at: command.issued_at, what: `commanded by ${givenBy(command)}`, detail: command.reason },
    ...answers,
    ...callLines(containment),
    ...(undo === undefined
      ? []
      : [{ at: undo.issued_at, what: `restored by ${givenBy(undo)}`, detail: undo.reason }]),
    ...(ended ? [{ at: command.expires_at, what: 'ended by itself', detail: '' }] : []),
  ];
  return lines.filter(({ at }) => at !== '').toSorted((a, b) => epochMs(a.at) - epochMs(b.at));
}
