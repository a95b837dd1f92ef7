/**
 * What became of each command that was issued: which alerts hold it, until when, and what its
 * receivers said.
 *
 * State is bounded: a command is forgotten when it has expired. Expiry is found by a queue in the
 * order of issue, of which each step of the journal takes a few from the front; a long-lived command
 * there keeps later ones in memory no longer than itself. Whether a command is open is asked of its
 * own expiry, never of the queue, so a slow queue changes no decision.
 */
import { epochMs, type Receipt, type RevocationCommand } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';

/** At this many remembered commands nothing more is issued automatically, and the decision says so. */
const ISSUED_COMMANDS_MAX = 100_000;
/** Alerts that hold one command; beyond, it is left to expire, as nobody can say who still needs it. */
const HOLDERS_MAX = 64;
const FORGOTTEN_PER_STEP_MAX = 16;

interface ReceiverState {
  readonly state: Receipt['state'];
  readonly usableUntilMs: number | null;
}

export interface IssuedCommand {
  readonly command: RevocationCommand;
  readonly ruleId: string;
  /** Short name of (tenant, target, action); null for a restore, which holds nothing open. */
  readonly openKey: string | null;
  readonly required: readonly string[];
  /** Alert ids for which this command must stay in force. */
  readonly holders: readonly string[];
  readonly holdersOverflowed: boolean;
  readonly issuedMs: number;
  readonly expiresMs: number;
  readonly restored: boolean;
  readonly receivers: Readonly<Record<string, ReceiverState>>;
}

interface Queue {
  readonly head: number;
  readonly tail: number;
}

const QUEUE = 'queue';
const EMPTY: Queue = { head: 0, tail: 0 };
const commandKey = (commandId: string) => `command|${commandId}`;
const openKeyOf = (openKey: string) => `open|${openKey}`;
const holderKey = (tenantId: string, alertId: string) => `alert|${tenantId}|${alertId}`;

export function issuedCommand(draft: Draft, commandId: string): IssuedCommand | undefined {
  return draft.get(commandKey(commandId));
}

/** The command in force for this target and action, if there is one at `nowMs`. */
export function openCommand(
  draft: Draft,
  openKey: string,
  nowMs: number,
): IssuedCommand | undefined {
  const id = draft.get<string>(openKeyOf(openKey));
  const issued = id === undefined ? undefined : issuedCommand(draft, id);
  return issued && !issued.restored && issued.expiresMs > nowMs ? issued : undefined;
}

export function isIssuedFull(draft: Draft): boolean {
  const { head, tail } = draft.get<Queue>(QUEUE) ?? EMPTY;
  return tail - head >= ISSUED_COMMANDS_MAX;
}

/** Ids of the commands that `alertId` holds, in the order of issue. */
export function heldCommands(draft: Draft, tenantId: string, alertId: string): readonly string[] {
  return draft.get<readonly string[]>(holderKey(tenantId, alertId)) ?? [];
}

function addHeld(draft: Draft, tenantId: string, alertId: string, commandId: string): void {
  const held = heldCommands(draft, tenantId, alertId);
  if (!held.includes(commandId)) draft.put(holderKey(tenantId, alertId), [...held, commandId]);
}

function removeHeld(draft: Draft, tenantId: string, alertId: string, commandId: string): void {
  const left = heldCommands(draft, tenantId, alertId).filter((id) => id !== commandId);
  const key = holderKey(tenantId, alertId);
  if (left.length === 0) draft.delete(key);
  else draft.put(key, left);
}

export interface NewIssue {
  readonly command: RevocationCommand;
  readonly ruleId: string;
  readonly openKey: string | null;
  readonly required: readonly string[];
  readonly holder: string | null;
}

export function rememberCommand(draft: Draft, issue: NewIssue): void {
  const { command, holder, openKey } = issue;
  const { head, tail } = draft.get<Queue>(QUEUE) ?? EMPTY;
  draft.put(`${QUEUE}|${tail}`, command.command_id);
  draft.put(QUEUE, { head, tail: tail + 1 });
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
  };
  draft.put(commandKey(command.command_id), issued);
  if (openKey !== null) draft.put(openKeyOf(openKey), command.command_id);
  if (holder !== null) addHeld(draft, command.tenant_id, holder, command.command_id);
}

/** From now on `alertId` too needs this command: withdrawing another alert must not lift it. */
export function holdCommand(draft: Draft, issued: IssuedCommand, alertId: string): void {
  if (issued.holders.includes(alertId)) return;
  const { command_id: commandId, tenant_id: tenantId } = issued.command;
  if (issued.holders.length >= HOLDERS_MAX) {
    draft.put(commandKey(commandId), { ...issued, holdersOverflowed: true });
    return;
  }
  draft.put(commandKey(commandId), { ...issued, holders: [...issued.holders, alertId] });
  addHeld(draft, tenantId, alertId, commandId);
}

/** `alertId` no longer needs it; true when nobody does and it is to be restored. */
export function releaseCommand(draft: Draft, issued: IssuedCommand, alertId: string): boolean {
  const { command_id: commandId, tenant_id: tenantId } = issued.command;
  const holders = issued.holders.filter((id) => id !== alertId);
  const lifted = holders.length === 0 && !issued.holdersOverflowed;
  draft.put(commandKey(commandId), { ...issued, holders, restored: issued.restored || lifted });
  removeHeld(draft, tenantId, alertId, commandId);
  if (lifted && issued.openKey !== null) draft.delete(openKeyOf(issued.openKey));
  return lifted;
}

function forgetCommand(draft: Draft, issued: IssuedCommand): void {
  const { command_id: commandId, tenant_id: tenantId } = issued.command;
  draft.delete(commandKey(commandId));
  for (const alertId of issued.holders) removeHeld(draft, tenantId, alertId, commandId);
  // The same target may have been contained anew since: its entry is no longer ours.
  if (issued.openKey !== null && draft.get(openKeyOf(issued.openKey)) === commandId) {
    draft.delete(openKeyOf(issued.openKey));
  }
}

/** Forgets a few of the commands that expired before `nowMs`. */
export function forgetExpired(draft: Draft, nowMs: number): void {
  const { head, tail } = draft.get<Queue>(QUEUE) ?? EMPTY;
  let at = head;
  while (at < tail && at - head < FORGOTTEN_PER_STEP_MAX) {
    const id = draft.get<string>(`${QUEUE}|${at}`);
    const issued = id === undefined ? undefined : issuedCommand(draft, id);
    if (issued && issued.expiresMs > nowMs) break;
    if (issued) forgetCommand(draft, issued);
    draft.delete(`${QUEUE}|${at}`);
    at++;
  }
  if (at > head) draft.put(QUEUE, { head: at, tail });
}

/** Notes what a receiver said. Unknown commands and receivers that were not asked count nothing. */
export function applyReceipt(draft: Draft, receipt: Receipt): void {
  const issued = issuedCommand(draft, receipt.command_id);
  if (!issued || issued.command.tenant_id !== receipt.tenant_id) return;
  if (issued.command.target.agent_uid !== receipt.agent_uid) return;
  if (!issued.command.receivers.includes(receipt.receiver)) return;
  const before = issued.receivers[receipt.receiver];
  // `accepted` after an end state is an old message, not a step back.
  if (receipt.state === 'accepted' && before !== undefined) return;
  const usableUntilMs = receipt.usable_until === undefined ? null : epochMs(receipt.usable_until);
  draft.put(commandKey(receipt.command_id), {
    ...issued,
    receivers: { ...issued.receivers, [receipt.receiver]: { state: receipt.state, usableUntilMs } },
  });
}
