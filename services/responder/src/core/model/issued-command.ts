/**
 * What became of each command that was issued: which alerts hold it, until when, and what its
 * receivers said. State is bounded: a command is forgotten when it has expired (`issued-queue.ts`).
 */
import { epochMs, type RevocationCommand } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import type { PlannedAction } from './action-target.ts';
import { type Cause, type IssuedCommand, peopleBehind, type Withheld } from './command-record.ts';
import { isOrderDue, noteDue } from './due-heap.ts';
import { forgetFirst, newestIssued, queueIssued } from './issued-queue.ts';
import { withOwnCredential } from './own-credential.ts';
import { addWatch, removeWatch, takenKey, taskKey, watchedAt, watchKey } from './watch-room.ts';
import type { Subject } from './watched-subject.ts';

export type {
  Cause,
  ContainmentProof,
  Delayed,
  IssuedCommand,
  Leak,
  Withheld,
} from './command-record.ts';
export { isIssuedFull } from './issued-queue.ts';

/** Alerts that hold one command; beyond, it is left to expire, as nobody can say who still needs it. */
const HOLDERS_MAX = 64;

/** An order lapses to step-up this long before it ends, so that there is no moment without either. */
const LAPSE_LEAD_MS = 30_000;
/** … but never in more than the last part of its life. */
const LAPSE_LEAD_SHARE = 0.1;

const commandKey = (commandId: string) => `command|${commandId}`;
const openKeyOf = (openKey: string) => `open|${openKey}`;
const holderKey = (tenantId: string, alertId: string) => `alert|${tenantId}|${alertId}`;

/** What state of an earlier version lacks. */
const EARLIER = { issuers: [], cause: null, proof: {}, recent: [], escalated: false } as const;

export function issuedCommand(
  transaction: Transaction,
  commandId: string,
): IssuedCommand | undefined {
  const stored = transaction.get<IssuedCommand>(commandKey(commandId));
  if (stored === undefined || stored.subject !== undefined) return stored;
  return { ...stored, ...EARLIER, subject: { agentUid: stored.command.target.agent_uid } };
}

/** The command in force for this target and action, if there is one at `nowMs`. */
export function openCommand(
  transaction: Transaction,
  openKey: string,
  nowMs: number,
): IssuedCommand | undefined {
  const id = transaction.get<string>(openKeyOf(openKey));
  const issued = id === undefined ? undefined : issuedCommand(transaction, id);
  return issued && !issued.restored && issued.expiresMs > nowMs ? issued : undefined;
}

/** How long before its end an order gives way to a step-up. */
function lapseLeadMs({ issuedMs, expiresMs }: IssuedCommand): number {
  return Math.min(LAPSE_LEAD_MS, (expiresMs - issuedMs) * LAPSE_LEAD_SHARE);
}

/** … and that goes on: what is about to end, and has been asked to give way, holds for nobody new. */
export function standingCommand(
  transaction: Transaction,
  openKey: string,
  nowMs: number,
): IssuedCommand | undefined {
  const open = openCommand(transaction, openKey, nowMs);
  return open !== undefined && nowMs < open.expiresMs - lapseLeadMs(open) ? open : undefined;
}

/** Ids of the commands that `alertId` holds, in the order of issue. */
export function withheldCommands(
  transaction: Transaction,
  tenantId: string,
  alertId: string,
): readonly string[] {
  return transaction.get<readonly string[]>(holderKey(tenantId, alertId)) ?? [];
}

function addWithheld(
  transaction: Transaction,
  tenantId: string,
  alertId: string,
  commandId: string,
): void {
  const inHand = withheldCommands(transaction, tenantId, alertId);
  if (!inHand.includes(commandId))
    transaction.put(holderKey(tenantId, alertId), [...inHand, commandId]);
}

function removeWithheld(
  transaction: Transaction,
  tenantId: string,
  alertId: string,
  commandId: string,
): void {
  const left = withheldCommands(transaction, tenantId, alertId).filter((id) => id !== commandId);
  const key = holderKey(tenantId, alertId);
  if (left.length === 0) transaction.delete(key);
  else transaction.put(key, left);
}

/** Who carries it out, and how long they may be silent. */
interface IssueReceivers {
  readonly required: readonly string[];
  readonly issuers: readonly string[];
  readonly receiptWithinMs: number;
  readonly answerWithinMs?: number;
}

export interface NewIssue extends IssueReceivers {
  readonly command: RevocationCommand;
  readonly ruleId: string;
  readonly openKey: string | null;
  readonly holder: string | null;
  readonly subject: Subject;
  readonly cause: Cause | null;
  readonly asked?: PlannedAction;
  readonly insteadOf?: Withheld;
  readonly isLapse?: boolean;
  /** Upon what it follows, where it does. */
  readonly after?: Pick<IssuedCommand, 'command' | 'people'>;
}

/** An undo is owed nothing further. */
function noteWhatIsDue(transaction: Transaction, issued: IssuedCommand): void {
  if (issued.cause === null) return;
  const { expiresMs, command } = issued;
  const atMs = expiresMs - lapseLeadMs(issued);
  noteDue(transaction, { atMs, what: 'lapse', commandId: command.command_id });
}

/** Whom no call is held against any more from now on, nothing later can be said to confirm. */
function watch(transaction: Transaction, issued: IssuedCommand): void {
  for (const { command } of addWatch(transaction, issued, (id) => issuedCommand(transaction, id))) {
    const gone = issuedCommand(transaction, command.command_id);
    if (gone === undefined) continue;
    putIssued(transaction, {
      ...gone,
      proof: { ...gone.proof, unwatchedSinceMs: issued.issuedMs },
    });
  }
}

export function rememberCommand(transaction: Transaction, issue: NewIssue): void {
  const { command, holder, openKey } = issue;
  const issued: IssuedCommand = {
    command,
    ruleId: issue.ruleId,
    openKey,
    required: issue.required,
    holders: holder === null ? [] : [holder],
    holdersOverflowed: false,
    issuedMs: epochMs(command.issued_at),
    expiresMs: epochMs(command.expires_at),
    restored: false,
    receivers: {},
    issuers: issue.issuers,
    subject: withOwnCredential(transaction, issue.subject, issue),
    cause: issue.cause,
    proof: {},
    recent: [],
    escalated: false,
    receiptWithinMs: issue.receiptWithinMs,
    ...(issue.asked === undefined ? {} : { asked: issue.asked }),
    ...(issue.answerWithinMs === undefined ? {} : { answerWithinMs: issue.answerWithinMs }),
    ...(issue.insteadOf === undefined ? {} : { insteadOf: issue.insteadOf }),
    ...(issue.isLapse === true ? { isLapse: true } : {}),
    ...(issue.after === undefined ? {} : { people: peopleBehind(issue.after) }),
  };
  queueIssued(transaction, command.command_id, issued.expiresMs - issued.issuedMs);
  noteWhatIsDue(transaction, issued);
  transaction.put(commandKey(command.command_id), issued);
  watch(transaction, issued);
  if (openKey !== null) transaction.put(openKeyOf(openKey), command.command_id);
  if (holder !== null) addWithheld(transaction, command.tenant_id, holder, command.command_id);
}

/** From now on `alertId` too needs this command: withdrawing another alert must not lift it. */
export function holdCommand(
  transaction: Transaction,
  inHand: IssuedCommand,
  alertId: string,
  isRoutine = false,
): void {
  if (inHand.holders.includes(alertId)) return;
  const issued = isRoutine ? inHand : { ...inHand, isNeeded: true };
  const { command_id: commandId, tenant_id: tenantId } = issued.command;
  if (issued.holders.length >= HOLDERS_MAX) {
    transaction.put(commandKey(commandId), { ...issued, holdersOverflowed: true });
    return;
  }
  transaction.put(commandKey(commandId), { ...issued, holders: [...issued.holders, alertId] });
  addWithheld(transaction, tenantId, alertId, commandId);
}

/** A newer order of the same, given after this one had failed, stays open. */
function closeOwn(transaction: Transaction, { openKey, command }: IssuedCommand): void {
  if (openKey === null || transaction.get(openKeyOf(openKey)) !== command.command_id) return;
  transaction.delete(openKeyOf(openKey));
}

/** `alertId` no longer needs it; true when nobody does and it is to be restored. */
export function releaseCommand(
  transaction: Transaction,
  issued: IssuedCommand,
  alertId: string,
): boolean {
  const { command_id: commandId, tenant_id: tenantId } = issued.command;
  const holders = issued.holders.filter((id) => id !== alertId);
  const lifted = holders.length === 0 && !issued.holdersOverflowed;
  transaction.put(commandKey(commandId), {
    ...issued,
    holders,
    restored: issued.restored || lifted,
  });
  removeWithheld(transaction, tenantId, alertId, commandId);
  if (lifted) closeOwn(transaction, issued);
  return lifted;
}

/** Lifted whoever still holds it: a person says so. */
export function liftCommand(transaction: Transaction, issued: IssuedCommand, undoId: string): void {
  const { command_id: commandId, tenant_id: tenantId } = issued.command;
  for (const alertId of issued.holders) removeWithheld(transaction, tenantId, alertId, commandId);
  transaction.put(commandKey(commandId), { ...issued, holders: [], restored: true, undo: undoId });
  closeOwn(transaction, issued);
}

function forgetCommand(transaction: Transaction, issued: IssuedCommand): void {
  const { command_id: commandId, tenant_id: tenantId } = issued.command;
  transaction.delete(commandKey(commandId));
  removeWatch(transaction, issued);
  for (const alertId of issued.holders) removeWithheld(transaction, tenantId, alertId, commandId);
  // The same target may have been contained anew since.
  if (issued.openKey !== null && transaction.get(openKeyOf(issued.openKey)) === commandId) {
    transaction.delete(openKeyOf(issued.openKey));
  }
}

/** Forgets a few of the commands that expired before `nowMs`; none before its lapse was seen to. */
export function forgetExpired(transaction: Transaction, nowMs: number): void {
  if (isOrderDue(transaction, nowMs)) return;
  forgetFirst(transaction, (id) => {
    const issued = issuedCommand(transaction, id);
    if (issued && issued.expiresMs > nowMs) return false;
    if (issued) forgetCommand(transaction, issued);
    return true;
  });
}

function commandsAt(transaction: Transaction, key: string): readonly IssuedCommand[] {
  const ids = watchedAt(transaction, key);
  return ids.map((id) => issuedCommand(transaction, id)).filter((one) => one !== undefined);
}

/** The orders about this agent that were not forgotten, oldest first. */
export function commandsAbout(
  transaction: Transaction,
  tenantId: string,
  agentUid: string,
): readonly IssuedCommand[] {
  return commandsAt(transaction, watchKey(tenantId, agentUid));
}

/** Those on one of its tasks for which there was no room among them. */
export function commandsOfTask(
  transaction: Transaction,
  of: { readonly tenantId: string; readonly agentUid: string; readonly taskId: string },
): readonly IssuedCommand[] {
  return commandsAt(transaction, taskKey(of.tenantId, of.agentUid, of.taskId));
}

/** The orders that have taken this credential, from whoever shows it. */
export function commandsTaking(
  transaction: Transaction,
  tenantId: string,
  credentialUid: string,
): readonly IssuedCommand[] {
  return commandsAt(transaction, takenKey(tenantId, credentialUid));
}

export function putIssued(transaction: Transaction, issued: IssuedCommand): void {
  transaction.put(commandKey(issued.command.command_id), issued);
}

/** Every order that was not forgotten, newest first, at most `limit`. */
export function* newestCommands(transaction: Transaction, limit: number): Generator<IssuedCommand> {
  let left = limit;
  for (const id of newestIssued(transaction)) {
    if (left <= 0) return;
    const issued = issuedCommand(transaction, id);
    if (issued === undefined) continue;
    left--;
    yield issued;
  }
}
