/**
 * What is kept of a command that was issued, as the state of the response has it: what it orders, who
 * still needs it, what its receivers said, and what later calls told.
 */
import type {
  Alert,
  ObservedCall,
  Receipt,
  RevocationCommand,
  WhyUntied,
} from '@waywarden/schemas';
import type { PlannedAction } from './action-target.ts';
import type { Subject } from './watched-subject.ts';

export interface ReceiptState {
  readonly state: Receipt['state'] | 'delivered';
  /** As far as it is believed. */
  readonly usableUntilMs: number | null;
  /** What it said of that, where it is longer than its class's credentials live. */
  readonly doubtedUntilMs?: number;
  readonly appliedMs: number | null;
  /** When the receiver signed what it said, Unix seconds. */
  readonly signedAt?: number;
  /** What it has said in that second, by short name. */
  readonly answerPrints?: readonly string[];
}

/** What one that may probe has answered. */
export interface ProbeFound {
  readonly outcome: 'refused' | 'open' | 'unable';
  /** How it found out; of `unable`, what it answered instead. */
  readonly method: string;
  readonly atMs: number;
  /** The command `probe` that it answers. */
  readonly commandId: string;
  /** It is one of those who must apply the order, and speaks for itself. */
  readonly isOwn: boolean;
}

/** Whether and when it is asked that access is really gone. */
export interface Probing {
  readonly tries: number;
  /** It is not asked again before this, journal time. */
  readonly nextMs: number;
  /** Its turn among all of the tenant is `nextMs`. */
  readonly hasTurn?: boolean;
  readonly askedMs?: number;
  /** Somebody else than those who applied the order was asked too. */
  readonly isOtherAsked?: boolean;
  /** By receiver, the last word of each. */
  readonly answers: Readonly<Record<string, ProbeFound>>;
}

export interface Leak {
  /** Null: none was made, a prober found that it would go through. */
  readonly eventId: string | null;
  readonly atMs: number;
  readonly agentUid: string;
  readonly receivers: readonly string[];
  /** Nobody who said that it was applied has lied. */
  readonly foretoldUntilMs?: number;
  /** What may follow by itself. Absent in state of an earlier version: it was, where something stronger was asked for. */
  readonly isProven?: boolean;
  /** Journal time at which it was told. */
  readonly detectedMs?: number;
  /** Of one by somebody else: what they showed. */
  readonly credentialUid?: string;
}

/** A call that was refused. */
export interface Denied {
  readonly eventId: string;
  readonly atMs: number;
  /** Its record names the order. */
  readonly byOrder: boolean;
  /** Who made it, which source told of it, and when that was received; absent in state of an earlier version. */
  readonly agentUid?: string;
  readonly source?: string;
  readonly latestMs?: number;
}

/** What later calls told about a containment, and those who were asked. */
export interface ContainmentProof {
  /** A call of the subject that was refused after everybody had applied the order. */
  readonly denied?: Denied;
  /** Nothing came for so long that something should have, and we would have heard it. */
  readonly quiet?: { readonly untilMs: number };
  /** Nothing came, and we might not have heard it. */
  readonly deafSinceMs?: number;
  /** No call is held against it any more. */
  readonly unwatchedSinceMs?: number;
  readonly probe?: Probing;
  /** A call of the subject went through after it was said to be applied, or would have. */
  readonly leak?: Leak;
  /** Somebody else got through with the credential that the order has taken from everybody. */
  readonly leakByOther?: Leak;
  /** The last call, proven, of which nobody can tell whether it was the subject's, or whether it was let through. */
  readonly untied?: Untied;
  /** Likewise, only asserted: it doubts for a while, for anybody may say so again and again. */
  readonly untiedClaimed?: Untied;
}

export interface Untied {
  readonly eventId: string;
  readonly atMs: number;
  /** When it may have been made at the latest; absent in state of an earlier version: at `atMs`. */
  readonly latestMs?: number;
  /** Which source told of it. */
  readonly source?: string;
  readonly agentUid: string;
  readonly credentialUid?: string;
  /** Absent in state of an earlier version: it named no task. */
  readonly why?: WhyUntied;
}

/** Of the alert that led to it, what a later step needs: an escalation is decided without it. */
export interface Cause {
  readonly alertId: string;
  readonly revision: number;
  readonly title: string;
  readonly subject: Alert['subject'];
  readonly subjectClass: string;
  /** By which sources all came that decided it; absent: not known. */
  readonly sources?: readonly string[];
  /** Of an order that reached on from another. */
  readonly member?: string;
  /** … and the order that reached it. */
  readonly from?: string;
}

/** One whom an order reached. */
export interface Reached {
  /** It was left alone, with what it handed on. */
  readonly isLeft: boolean;
  /** That it was reached at all is only asserted. */
  readonly isAsserted?: true;
  /** The order on it, where one was given. */
  readonly commandId?: string;
  /** The one that people approved although a guard had spared it. */
  readonly approvedId?: string;
}

/** What a guard held back, where this was given instead of it. */
export interface Withheld {
  readonly reason: string;
  readonly action: string;
  /** All of it, where it may be asked for later. */
  readonly planned?: PlannedAction;
}

/** What would have been asked for, had a blackout not held it back. */
export interface Delayed {
  readonly decisionId: string;
  readonly sentence: string;
  readonly planned: PlannedAction;
}

/** What keeps it in force. */
interface CommandHolders {
  /** Short name of (tenant, target, action); null for a restore, which holds nothing open. */
  readonly openKey: string | null;
  /** Alert ids for which this command must stay in force. */
  readonly holders: readonly string[];
  readonly holdersOverflowed: boolean;
  /** An alert holds it too, whatever it was given for: it is not routine. */
  readonly isNeeded?: boolean;
  /** So many people stand behind it, where it follows upon an order of theirs: it takes as many to undo it. */
  readonly people?: number;
}

/** By the journal clock. */
interface CommandTimes {
  readonly issuedMs: number;
  readonly expiresMs: number;
  /** How long its receivers may say nothing, by the clock on the wall. */
  readonly receiptWithinMs?: number;
  readonly answerWithinMs?: number;
}

/** Who carries it out, and what they answered. */
interface CommandReceivers {
  readonly required: readonly string[];
  readonly receivers: Readonly<Record<string, ReceiptState>>;
  /** Those of its receivers that give out credentials. */
  readonly issuers: readonly string[];
  /** A receiver was silent, and nobody else was there to carry out something stronger. */
  readonly awaits?: boolean;
}

/** What later calls showed. */
interface CommandWatch {
  readonly proof: ContainmentProof;
  /** The last calls of the subject. */
  readonly recent: readonly ObservedCall[];
  /** Likewise those of others with the credential that it takes, and those that name no task. */
  readonly recentBeside?: readonly ObservedCall[];
  /** Whom it reached, by short name; each is decided once. */
  readonly reached?: Readonly<Record<string, Reached>>;
}

/** What came, or is to come, after it. */
interface CommandFollowUp {
  /** It failed or leaked, and what is stronger was asked for: once. */
  readonly escalated: boolean;
  /** A person is asked whether this may be done too. */
  readonly asked?: PlannedAction;
  readonly insteadOf?: Withheld;
  /** Asked for when the blackout ends, or a person approves it. */
  readonly delayed?: Delayed;
  /** It stands in for an order that has ended, and took nothing when that ended. */
  readonly isLapse?: boolean;
  /** The command that takes it back. */
  readonly undo?: string;
  readonly restored: boolean;
}

export interface IssuedCommand
  extends CommandHolders,
    CommandTimes,
    CommandReceivers,
    CommandWatch,
    CommandFollowUp {
  readonly command: RevocationCommand;
  readonly ruleId: string;
  readonly subject: Subject;
  /** Null for an undo, of which nothing follows. */
  readonly cause: Cause | null;
}

/** How many people ordered it, or what it follows upon. */
export function peopleBehind({
  command,
  people = 0,
}: Pick<IssuedCommand, 'command' | 'people'>): number {
  return Math.max(people, command.approvals.length);
}

/** The orders on those whom this one reached. */
export function reachedBy({ reached = {} }: Pick<IssuedCommand, 'reached'>): readonly string[] {
  return Object.values(reached).flatMap(({ commandId, approvedId }) =>
    [commandId, approvedId].filter((id) => id !== undefined),
  );
}
