/** Issued commands: holders, times, receivers; forgotten when expired (`issued-queue.ts`). */
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

/** Beyond, it is left to expire. */
const HOLDERS_MAX = 64;

/** Before its end, so that there is no gap. */
const LAPSE_LEAD_MS = 30_000;
/** At most this part of its life. */
const LAPSE_LEAD_SHARE = 0.1;

const commandKey = (commandId: string) => `command|${commandId}`;
const openKeyOf = (openKey: string) => `open|${openKey}`;
const holderKey = (tenantId: string, alertId: string) => `alert|${tenantId}|${alertId}`;

const EARLIER = { issuers: [], cause: null, proof: {}, recent: [], escalated: false } as const;

export function issuedCommand(
  transaction: Transaction,
  commandId: string,
): IssuedCommand | undefined {
  const stored = transaction.get<IssuedCommand>(commandKey(commandId));
  if (stored === undefined || stored.subject !== undefined) return stored;
  return { ...stored, ...EARLIER, subject: { agentUid: stored.command.target.agent_uid } };
}

export function openCommand(
  transaction: Transaction,
  openKey: string,
  nowMs: number,
): IssuedCommand | undefined {
  const id = transaction.get<string>(openKeyOf(openKey));
  const issued = id === undefined ? undefined : issuedCommand(transaction, id);
  return issued && !issued.restored && issued.expiresMs > nowMs ? issued : undefined;
}

function lapseLeadMs({ issuedMs, expiresMs }: IssuedCommand): number {
  return Math.min(LAPSE_LEAD_MS, (expiresMs - issuedMs) * LAPSE_LEAD_SHARE);
}

/** What is about to end holds for nobody new. */
export function standingCommand(
  transaction: Transaction,
  openKey: string,
  nowMs: number,
): IssuedCommand | undefined {
  const open = openCommand(transaction, openKey, nowMs);
  return open !== undefined && nowMs < open.expiresMs - lapseLeadMs(open) ? open : undefined;
}

export function commandsOfAlert(
  transaction: Transaction,
  tenantId: string,
  alertId: string,
): readonly string[] {
  return transaction.get<readonly string[]>(holderKey(tenantId, alertId)) ?? [];
}

function addToAlert(
  transaction: Transaction,
  tenantId: string,
  alertId: string,
  commandId: string,
): void {
  const ids = commandsOfAlert(transaction, tenantId, alertId);
  if (!ids.includes(commandId)) transaction.put(holderKey(tenantId, alertId), [...ids, commandId]);
}

function removeFromAlert(
  transaction: Transaction,
  tenantId: string,
  alertId: string,
  commandId: string,
): void {
  const left = commandsOfAlert(transaction, tenantId, alertId).filter((id) => id !== commandId);
  const key = holderKey(tenantId, alertId);
  if (left.length === 0) transaction.delete(key);
  else transaction.put(key, left);
}

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
  readonly after?: Pick<IssuedCommand, 'command' | 'people'>;
}

function noteWhatIsDue(transaction: Transaction, issued: IssuedCommand): void {
  if (issued.cause === null) return;
  const { expiresMs, command } = issued;
  const atMs = expiresMs - lapseLeadMs(issued);
  noteDue(transaction, { atMs, what: 'lapse', commandId: command.command_id });
}

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
  if (holder !== null) addToAlert(transaction, command.tenant_id, holder, command.command_id);
}

export function holdCommand(
  transaction: Transaction,
  ids: IssuedCommand,
  alertId: string,
  isRoutine = false,
): void {
  if (ids.holders.includes(alertId)) return;
  const issued = isRoutine ? ids : { ...ids, isNeeded: true };
  const { command_id: commandId, tenant_id: tenantId } = issued.command;
  if (issued.holders.length >= HOLDERS_MAX) {
    transaction.put(commandKey(commandId), { ...issued, holdersOverflowed: true });
    return;
  }
  transaction.put(commandKey(commandId), { ...issued, holders: [...issued.holders, alertId] });
  addToAlert(transaction, tenantId, alertId, commandId);
}

function closeOwn(transaction: Transaction, { openKey, command }: IssuedCommand): void {
  if (openKey === null || transaction.get(openKeyOf(openKey)) !== command.command_id) return;
  transaction.delete(openKeyOf(openKey));
}

/** True: to be restored. */
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
  removeFromAlert(transaction, tenantId, alertId, commandId);
  if (lifted) closeOwn(transaction, issued);
  return lifted;
}

export function liftCommand(transaction: Transaction, issued: IssuedCommand, undoId: string): void {
  const { command_id: commandId, tenant_id: tenantId } = issued.command;
  for (const alertId of issued.holders) removeFromAlert(transaction, tenantId, alertId, commandId);
  transaction.put(commandKey(commandId), { ...issued, holders: [], restored: true, undo: undoId });
  closeOwn(transaction, issued);
}

function forgetCommand(transaction: Transaction, issued: IssuedCommand): void {
  const { command_id: commandId, tenant_id: tenantId } = issued.command;
  transaction.delete(commandKey(commandId));
  removeWatch(transaction, issued);
  for (const alertId of issued.holders) removeFromAlert(transaction, tenantId, alertId, commandId);
  if (issued.openKey !== null && transaction.get(openKeyOf(issued.openKey)) === commandId) {
    transaction.delete(openKeyOf(issued.openKey));
  }
}

/** None before its lapse. */
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

/** Oldest first. */
export function commandsAbout(
  transaction: Transaction,
  tenantId: string,
  agentUid: string,
): readonly IssuedCommand[] {
  return commandsAt(transaction, watchKey(tenantId, agentUid));
}

export function commandsOfTask(
  transaction: Transaction,
  of: { readonly tenantId: string; readonly agentUid: string; readonly taskId: string },
): readonly IssuedCommand[] {
  return commandsAt(transaction, taskKey(of.tenantId, of.agentUid, of.taskId));
}

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

/** Newest first. */
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
