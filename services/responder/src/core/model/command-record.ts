/** What the response stores of an issued command. */
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
  readonly usableUntilMs: number | null;
  /** Where longer than its class's credentials live. */
  readonly doubtedUntilMs?: number;
  readonly appliedMs: number | null;
  /** Unix seconds. */
  readonly signedAt?: number;
  /** In that second, by short name. */
  readonly answerPrints?: readonly string[];
}

export interface ProbeFound {
  readonly outcome: 'refused' | 'open' | 'unable';
  /** Of `unable`: the answer. */
  readonly method: string;
  readonly atMs: number;
  readonly commandId: string;
  /** One of those who must apply the order, so it speaks for itself. */
  readonly isOwn: boolean;
}

export interface Probing {
  readonly tries: number;
  /** Journal time. */
  readonly nextMs: number;
  readonly hasTurn?: boolean;
  readonly askedMs?: number;
  readonly isOtherAsked?: boolean;
  /** The last word of each. */
  readonly answers: Readonly<Record<string, ProbeFound>>;
}

export interface Leak {
  /** Null: found by a probe. */
  readonly eventId: string | null;
  readonly atMs: number;
  readonly agentUid: string;
  readonly receivers: readonly string[];
  /** Tokens were said to stay usable until then: nobody has lied. */
  readonly foretoldUntilMs?: number;
  readonly isProven?: boolean;
  readonly detectedMs?: number;
  readonly credentialUid?: string;
}

export interface Denied {
  readonly eventId: string;
  readonly atMs: number;
  readonly byOrder: boolean;
  readonly agentUid?: string;
  readonly source?: string;
  readonly latestMs?: number;
}

export interface ContainmentProof {
  readonly denied?: Denied;
  /** Nothing came, and it would have been seen. */
  readonly quiet?: { readonly untilMs: number };
  /** Nothing came, and we might not have heard it. */
  readonly deafSinceMs?: number;
  /** No call is compared any more. */
  readonly unwatchedSinceMs?: number;
  readonly probe?: Probing;
  /** By the subject. */
  readonly leak?: Leak;
  /** By somebody else, with the taken credential. */
  readonly leakByOther?: Leak;
  /** The last proven call of which nobody can tell. */
  readonly untied?: Untied;
  /** Only asserted: it doubts for a while. */
  readonly untiedClaimed?: Untied;
}

export interface Untied {
  readonly eventId: string;
  readonly atMs: number;
  readonly latestMs?: number;
  readonly source?: string;
  readonly agentUid: string;
  readonly credentialUid?: string;
  readonly why?: WhyUntied;
}

/** What an escalation needs of the alert. */
export interface Cause {
  readonly alertId: string;
  readonly revision: number;
  readonly title: string;
  readonly subject: Alert['subject'];
  readonly subjectClass: string;
  readonly sources?: readonly string[];
  readonly member?: string;
  /** The order that reached on. */
  readonly from?: string;
}

export interface Reached {
  /** With what it handed on. */
  readonly isLeft: boolean;
  readonly isAsserted?: true;
  readonly commandId?: string;
  readonly approvedId?: string;
}

export interface Withheld {
  readonly reason: string;
  readonly action: string;
  readonly planned?: PlannedAction;
}

/** Held back by a blackout. */
export interface Delayed {
  readonly decisionId: string;
  readonly sentence: string;
  readonly planned: PlannedAction;
}

interface CommandHolders {
  /** Of (tenant, target, action); null for a restore. */
  readonly openKey: string | null;
  /** Alert ids. */
  readonly holders: readonly string[];
  readonly holdersOverflowed: boolean;
  /** Not routine any more. */
  readonly isNeeded?: boolean;
  /** As many are needed to undo it. */
  readonly people?: number;
}

interface CommandTimes {
  readonly issuedMs: number;
  readonly expiresMs: number;
  /** Wall clock. */
  readonly receiptWithinMs?: number;
  readonly answerWithinMs?: number;
}

interface CommandReceivers {
  readonly required: readonly string[];
  readonly receivers: Readonly<Record<string, ReceiptState>>;
  readonly issuers: readonly string[];
  /** A receiver was silent, and nobody else was there to carry out something stronger. */
  readonly awaits?: boolean;
}

interface CommandWatch {
  readonly proof: ContainmentProof;
  /** Of the subject. */
  readonly recent: readonly ObservedCall[];
  /** Of others with the credential, or without a task. */
  readonly recentBeside?: readonly ObservedCall[];
  /** By short name; each is decided once. */
  readonly reached?: Readonly<Record<string, Reached>>;
}

interface CommandFollowUp {
  readonly escalated: boolean;
  readonly asked?: PlannedAction;
  readonly insteadOf?: Withheld;
  readonly delayed?: Delayed;
  /** It stands in for an order that has ended, and took nothing when that ended. */
  readonly isLapse?: boolean;
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
  /** Null for an undo. */
  readonly cause: Cause | null;
}

export function peopleBehind({
  command,
  people = 0,
}: Pick<IssuedCommand, 'command' | 'people'>): number {
  return Math.max(people, command.approvals.length);
}

export function reachedBy({ reached = {} }: Pick<IssuedCommand, 'reached'>): readonly string[] {
  return Object.values(reached).flatMap(({ commandId, approvedId }) =>
    [commandId, approvedId].filter((id) => id !== undefined),
  );
}
