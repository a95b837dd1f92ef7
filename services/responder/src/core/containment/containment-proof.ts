/**
 * Compares calls and silences after "applied" with the orders. Whoever reports it, a leak is one; a denial must be
 * proven. Proven replaces asserted.
 */
import {
  assuranceAtLeast,
  epochMs,
  type ObservedCall,
  type Silence,
  type Target,
} from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { type Derived, derivedHolders } from '../guards/derived-holders.ts';
import { AUTOMATIC_ASSURANCE_MIN } from '../guards/withheld-reasons.ts';
import { latestMs } from '../model/called-at.ts';
import {
  type ContainmentProof,
  commandsAbout,
  commandsOfTask,
  commandsTaking,
  type IssuedCommand,
  putIssued,
} from '../model/issued-command.ts';
import { isTelling, reportsAbout } from '../model/watched-subject.ts';
import {
  appliedByAll,
  untilMs as doubtedUntilMs,
  isConfirmed,
  untiedBy,
} from './containment-state.ts';
import { judgeContainedCall, relationOf, SUCCEEDED } from './judge-call.ts';
import type { Leaked } from './leak-alert.ts';

const RECENT_CALLS_MAX = 8;

function isInForce(issued: IssuedCommand, atMs: number): boolean {
  return !issued.restored && issued.expiresMs > atMs;
}

const isProven = ({ assurance }: ObservedCall) =>
  assuranceAtLeast(assurance, AUTOMATIC_ASSURANCE_MIN);

function latest(
  calls: readonly ObservedCall[],
  timeOf = (call: ObservedCall) => epochMs(call.event_time),
): ObservedCall | undefined {
  return calls.toSorted((a, b) => timeOf(a) - timeOf(b)).at(-1);
}

/** The last few, and the latest that went through: refusals must not push out what a late receipt makes a leak. */
function remembered(calls: readonly ObservedCall[]): readonly ObservedCall[] {
  const before = calls.slice(0, -RECENT_CALLS_MAX).filter((one) => SUCCEEDED.has(one.outcome));
  const proven = before.filter(isProven);
  const retained = new Set([before, proven].flatMap((all) => [latest(all), latest(all, latestMs)]));
  return [...before.filter((one) => retained.has(one)), ...calls.slice(-RECENT_CALLS_MAX)];
}

function concerned(transaction: Transaction, call: ObservedCall): readonly IssuedCommand[] {
  const { tenant_id: tenantId, agent_uid, acts_for = [], credential_uid: credential } = call;
  const { task_id: taskId } = call;
  const about = [agent_uid, ...acts_for].flatMap((agentUid) => [
    ...commandsAbout(transaction, tenantId, agentUid),
    ...(taskId === undefined ? [] : commandsOfTask(transaction, { tenantId, agentUid, taskId })),
  ]);
  const taking = credential === undefined ? [] : commandsTaking(transaction, tenantId, credential);
  const all = [...about, ...taking].map((one) => [one.command.command_id, one] as const);
  return [...new Map(all).values()];
}

interface Reported {
  /** Once an order, and once more when proven. */
  readonly leaks: readonly Leaked[];
  /** Orders of which nobody can tell any more, for now, whether they hold. */
  readonly doubted: readonly string[];
}

const isDoubted = ({ proof: before }: IssuedCommand, { proof }: IssuedCommand) =>
  proof.untied !== before.untied || proof.untiedClaimed !== before.untiedClaimed;

export function applyObservation(
  transaction: Transaction,
  call: ObservedCall,
  nowMs: number,
): Reported {
  const leaks: Leaked[] = [];
  const doubted: string[] = [];
  for (const issued of concerned(transaction, call)) {
    const relation = relationOf(issued, call);
    if (relation === undefined || !reportsAbout(issued.command, call)) continue;
    const { next, leaked } = judgeContainedCall(issued, call, relation, nowMs);
    // Others must not push out the subject's own.
    const retained =
      relation === 'own'
        ? { recent: remembered([...issued.recent, call]) }
        : { recentBeside: remembered([...(issued.recentBeside ?? []), call]) };
    putIssued(transaction, { ...next, ...retained });
    if (leaked !== undefined) leaks.push(leaked);
    if (isDoubted(issued, next)) doubted.push(issued.command.command_id);
  }
  return { leaks, doubted };
}

export function judgeAgain(
  transaction: Transaction,
  issued: IssuedCommand,
  nowMs: number,
): readonly Leaked[] {
  let now = issued;
  const leaks: Leaked[] = [];
  for (const call of [...issued.recent, ...(issued.recentBeside ?? [])]) {
    const relation = relationOf(issued, call);
    if (relation === undefined) continue;
    const { next, leaked } = judgeContainedCall(now, call, relation, nowMs);
    now = next;
    if (leaked !== undefined) leaks.push(leaked);
  }
  if (now !== issued) putIssued(transaction, now);
  return leaks;
}

export function applySilence(transaction: Transaction, silence: Silence, factor: number): void {
  const [untilMs, lastMs] = [epochMs(silence.until), epochMs(silence.last_call)];
  const lastSeenMs = silence.seen_until === undefined ? 0 : epochMs(silence.seen_until);
  for (const issued of commandsAbout(transaction, silence.tenant_id, silence.agent_uid)) {
    const applied = appliedByAll(issued);
    if (!isTelling(issued.command)) continue;
    if (applied === undefined || !isInForce(issued, untilMs)) continue;
    if (issued.proof.leak !== undefined || isConfirmed(issued.proof, untilMs)) continue;
    const untied = untiedBy(issued.proof, untilMs);
    const sinceMs = Math.max(applied.atMs, untied === undefined ? 0 : doubtedUntilMs(untied));
    const dueMs = Math.max(sinceMs, lastMs) + factor * silence.usual_ms;
    if (lastMs > sinceMs || untilMs < dueMs) continue;
    const { deafSinceMs: _, ...rest } = issued.proof;
    const isSeen = lastSeenMs >= dueMs && areStoppedBelow(transaction, issued, untilMs);
    const proof: ContainmentProof = isSeen
      ? { ...rest, quiet: { untilMs } }
      : { ...rest, deafSinceMs: Math.min(Math.max(lastSeenMs, applied.atMs), untilMs) };
    putIssued(transaction, { ...issued, proof });
  }
}

/** Beyond, silence speaks for none. */
const BELOW_MAX = 64;

const TAKING: ReadonlySet<string> = new Set([
  'revoke_token',
  'kill_session',
  'revoke_credential',
  'revoke_delegation',
  'disable_agent',
]);
const HANDS_ON: ReadonlySet<string> = new Set(['agent', 'task', 'credential', 'delegation']);

function wholeOf({ target }: IssuedCommand['command']): Target {
  if (HANDS_ON.has(target.level)) return target;
  return { level: 'agent', tenant_id: target.tenant_id, agent_uid: target.agent_uid };
}

function takes({ subject, command }: IssuedCommand, { holder, credentialUid }: Derived): boolean {
  const {
    taskId,
    tool,
    instanceUid,
    conversationId,
    parentAgentUid,
    credentialUid: only,
  } = subject;
  if (command.scope !== undefined || !TAKING.has(command.action)) return false;
  const isNarrower = [tool, instanceUid, conversationId, parentAgentUid].some(
    (part) => part !== undefined,
  );
  if (isNarrower || (only !== undefined && only !== credentialUid)) return false;
  return taskId === undefined || taskId === holder.taskId;
}

function isStopped(transaction: Transaction, one: Derived, atMs: number): boolean {
  const { tenantId, agentUid } = one.holder;
  return commandsAbout(transaction, tenantId, agentUid).some(
    (issued) =>
      !issued.restored &&
      issued.expiresMs > atMs &&
      takes(issued, one) &&
      appliedByAll(issued) !== undefined &&
      issued.proof.leak === undefined &&
      isConfirmed(issued.proof, atMs),
  );
}

/** Whether an agent's silence speaks for its delegates: each needs a confirmed order. */
function areStoppedBelow(transaction: Transaction, issued: IssuedCommand, atMs: number): boolean {
  let count = 0;
  for (const one of derivedHolders(transaction, wholeOf(issued.command), () => true)) {
    if (one.holder.agentUid === issued.subject.agentUid) continue;
    count++;
    if (count > BELOW_MAX || !isStopped(transaction, one, atMs)) return false;
  }
  return true;
}
