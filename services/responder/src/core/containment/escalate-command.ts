/** The next rung of the ladder when an order did not hold: one at a time, never above the agent. */
import { classRow, epochMs, formatLogTime } from '@waywarden/schemas';
import type { Output } from '@waywarden/stage';
import { followUp } from '../commands/follow-up.ts';
import { narrowest, strengthOf } from '../model/action-strength.ts';
import { type PlannedAction, targetActionKey } from '../model/action-target.ts';
import { actorClassOf } from '../model/actor-class.ts';
import {
  type Cause,
  commandsAbout,
  commandsOfAlert,
  type IssuedCommand,
  issuedCommand,
  openCommand,
  putIssued,
} from '../model/issued-command.ts';
import type { ResponseContext } from '../model/response-context.ts';
import { appliedByAll } from './containment-state.ts';
import { isLeakProven, type Leaked, leakAlert, leakOutput } from './leak-alert.ts';

const UNDONE: ReadonlySet<string> = new Set(['failed', 'unsupported', 'partial', 'expired']);

function isInVain(
  { transaction, sha256, nowMs }: ResponseContext,
  { action, target }: PlannedAction,
) {
  const open = openCommand(transaction, targetActionKey(target, action, sha256), nowMs);
  return open !== undefined && undoneBy(open) !== undefined;
}

function nextRung(
  context: ResponseContext,
  { command }: IssuedCommand,
  { subject, subjectClass }: Cause,
): PlannedAction | undefined {
  const { ladder } = classRow(context.policy.classes, actorClassOf(subjectClass));
  const tried = strengthOf(command.action);
  const stronger = ladder
    .filter((action) => strengthOf(action) > tried)
    .toSorted((a, b) => strengthOf(a) - strengthOf(b));
  const known =
    subject.agent_uid === command.target.agent_uid
      ? subject
      : { agent_uid: command.target.agent_uid };
  return stronger
    .map((action) => narrowest(action, command.target, known))
    .find((one) => one !== undefined && !isInVain(context, one));
}

/** While the order itself holds, a failed block of issuance takes nothing further. */
function holdsWithout({ transaction, nowMs }: ResponseContext, { command, cause }: IssuedCommand) {
  if (command.action !== 'block_issuance' || cause === null) return false;
  const beside = commandsOfAlert(transaction, command.tenant_id, cause.alertId);
  return beside.some((id) => {
    const one = issuedCommand(transaction, id);
    if (one === undefined || one.restored || one.expiresMs <= nowMs) return false;
    if (one.command.target.agent_uid !== command.target.agent_uid) return false;
    const takesAccess =
      one.command.action !== 'block_issuance' && strengthOf(one.command.action) > 2;
    if (!takesAccess || isLeakProven(one)) return false;
    return one.escalated ? appliedByAll(one) !== undefined : undoneBy(one) === undefined;
  });
}

/** No detour around a guard: a failed step-up would else revoke its page's victims. */
function suppressed({ insteadOf }: IssuedCommand, planned: PlannedAction | undefined): string[] {
  if (insteadOf === undefined || planned === undefined) return [];
  return strengthOf(planned.action) < strengthOf(insteadOf.action) ? [] : [insteadOf.reason];
}

function isOver(issued: IssuedCommand, nowMs: number): boolean {
  return issued.escalated || issued.restored || issued.expiresMs <= nowMs;
}

function isOnlyRefused(issued: IssuedCommand): boolean {
  return issued.isLapse === true && !isLeakProven(issued);
}

export function escalate(
  context: ResponseContext,
  commandId: string,
  why: string,
): readonly Output[] {
  const issued = issuedCommand(context.transaction, commandId);
  if (!issued?.cause || isOver(issued, context.nowMs)) return [];
  putIssued(context.transaction, { ...issued, escalated: true });
  const { cause } = issued;
  const isOrigin = issued.command.target.level === 'origin';
  const isEnd = isOrigin || isOnlyRefused(issued);
  const planned = isEnd ? undefined : nextRung(context, issued, cause);
  const inHand = holdsWithout(context, issued) ? ['already_contained'] : [];
  return followUp(context, {
    issued,
    cause,
    verb: 'escalates',
    sentence: why,
    planned,
    against: [...inHand, ...suppressed(issued, planned)],
    isUnbudgeted: false,
  });
}

export function escalateSilence(
  context: ResponseContext,
  issued: IssuedCommand,
): readonly Output[] {
  const silent = silentReceivers(issued);
  if (silent.length === 0 || issued.cause === null || isOver(issued, context.nowMs)) return [];
  const { command, cause } = issued;
  const sentence = `No answer from ${silent.join(', ')} in time.`;
  const open = commandsAbout(context.transaction, command.tenant_id, command.target.agent_uid);
  const waitedFor = open.filter((one) => one.escalated && !one.restored);
  const down = new Set([...silent, ...waitedFor.flatMap(silentReceivers)]);
  const others = command.receivers.filter((id) => !down.has(id));
  if (others.length > 0) return escalate(context, command.command_id, sentence);
  // Said once.
  if (issued.awaits === true) return [];
  putIssued(context.transaction, { ...issued, awaits: true });
  const planned = nextRung(context, issued, cause);
  const against = ['no_other_receiver'];
  const rest = { issued, cause, sentence, planned, against, isUnbudgeted: false };
  return followUp(context, { ...rest, verb: 'awaits' });
}

export function undoneBy(issued: IssuedCommand): string | undefined {
  return issued.required.find((id) => UNDONE.has(issued.receivers[id]?.state ?? ''));
}

export function silentReceivers({ required, receivers }: IssuedCommand): readonly string[] {
  const silent = new Set([undefined, 'delivered', 'accepted']);
  return required.filter((id) => silent.has(receivers[id]?.state));
}

/** What follows when an order does not hold; nothing where somebody else shows the credential. */
export function reportLeaks(context: ResponseContext, leaks: readonly Leaked[]): readonly Output[] {
  return leaks.flatMap(({ issued, sign, isProven, earlier, isByOther }) => {
    const seenMs = 'call' in sign ? epochMs(sign.call.event_time) : 0;
    const detectedAt = formatLogTime({ ms: Math.max(context.nowMs, seenMs), ns: 0 });
    const policyVersion = context.policy.version;
    const parts = { issued, sign, earlier, isByOther, policyVersion, detectedAt };
    const alert = leakOutput(leakAlert(parts));
    if (isByOther === true) return [alert];
    const names = issued.proof.leak?.receivers.join(', ') ?? '';
    const what = 'call' in sign ? 'A call went through' : `${sign.by} could still act`;
    const why = `${what} after ${names} had applied ${issued.command.action}.`;
    return isProven ? [alert, ...escalate(context, issued.command.command_id, why)] : [alert];
  });
}
