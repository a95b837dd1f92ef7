/**
 * What is asked for when an order was not carried out, or was and did not hold: the next rung of the
 * class's ladder that is stronger than what was tried and whose target is completely known.
 *
 * Once an order: each rung has receipts of its own, so it goes upwards one rung at a time, never above
 * the agent, and no further than it takes: what holds is not followed by something stronger.
 */
import {
  type ActorClass,
  classRow,
  SHIPPED_CLASSES,
  TARGET_LEVELS,
  type Target,
  targetProblems,
} from '@waywarden/schemas';
import type { Output } from '@waywarden/stage';
import { type PlannedAction, targetActionKey } from './action-target.ts';
import { appliedByAll } from './containment-state.ts';
import { followUp } from './follow-up.ts';
import {
  type Cause,
  commandsAbout,
  heldCommands,
  type IssuedCommand,
  issuedCommand,
  openCommand,
  putIssued,
} from './issued-command.ts';
import type { ResponseContext } from './response-context.ts';

/** The order of the ladder: how much of an actor's access an action takes. */
const STRENGTH: Readonly<Record<string, number>> = {
  signal_risk: 0,
  require_step_up: 1,
  hold: 1,
  hold_payment: 1,
  block_tool: 2,
  reduce_scope: 2,
  quarantine_origin: 2,
  revoke_token: 3,
  kill_session: 3,
  block_issuance: 4,
  revoke_credential: 5,
  rotate_secret: 5,
  revoke_grant: 5,
  revoke_delegation: 5,
  disable_agent: 6,
};
/** The narrowest first: the least that makes the cut sound. */
const LEVELS = ['task', 'instance', 'credential', 'agent'] as const;
const UNDONE: ReadonlySet<string> = new Set(['failed', 'unsupported', 'partial', 'expired']);

export function strengthOf(action: string): number {
  return STRENGTH[action] ?? 0;
}

function isActorClass(name: string): name is ActorClass {
  return Object.hasOwn(SHIPPED_CLASSES, name);
}

function targetAt(level: string, base: Target, subject: Cause['subject']): Target {
  const own = { level, tenant_id: base.tenant_id, agent_uid: base.agent_uid };
  const { task_id: task, instance_uid: instance, credential_uid: credential } = subject;
  if (level === 'task' && task !== undefined) return { ...own, task_id: task };
  if (level === 'instance' && instance !== undefined) return { ...own, instance_uid: instance };
  if (level === 'credential' && credential !== undefined) {
    return { ...own, credential_uid: credential };
  }
  return own;
}

/** The narrowest complete target at which `action` exists; undefined when the ids are not known. */
export function narrowest(
  action: string,
  base: Target,
  subject: Cause['subject'],
): PlannedAction | undefined {
  for (const level of LEVELS) {
    const actions: readonly string[] = TARGET_LEVELS[level].actions;
    if (!actions.includes(action)) continue;
    const target = targetAt(level, base, subject);
    if (targetProblems(action, target).length === 0) return { action, target, problems: [] };
  }
  return undefined;
}

/** What was asked for already and not carried out is no way up. */
function isInVain({ draft, sha256, nowMs }: ResponseContext, { action, target }: PlannedAction) {
  const open = openCommand(draft, targetActionKey(target, action, sha256), nowMs);
  return open !== undefined && undoneBy(open) !== undefined;
}

function nextRung(
  context: ResponseContext,
  { command }: IssuedCommand,
  { subject, subjectClass }: Cause,
): PlannedAction | undefined {
  const actorClass = isActorClass(subjectClass) ? subjectClass : 'unknown';
  const { ladder } = classRow(context.policy.classes, actorClass);
  const tried = strengthOf(command.action);
  const stronger = ladder
    .filter((action) => strengthOf(action) > tried)
    .toSorted((a, b) => strengthOf(a) - strengthOf(b));
  // What the alert's subject names is the subject's own; of another agent of the cut only its uid.
  const known =
    subject.agent_uid === command.target.agent_uid
      ? subject
      : { agent_uid: command.target.agent_uid };
  return stronger
    .map((action) => narrowest(action, command.target, known))
    .find((one) => one !== undefined && !isInVain(context, one));
}

/**
 * A block of issuance that was not carried out takes nothing further while the order that took the
 * access itself holds, or is on its way: a new credential can be had, which is said, but none was.
 */
function holdsWithout({ draft, nowMs }: ResponseContext, { command, cause }: IssuedCommand) {
  if (command.action !== 'block_issuance' || cause === null) return false;
  const beside = heldCommands(draft, command.tenant_id, cause.alertId);
  return beside.some((id) => {
    const one = issuedCommand(draft, id);
    if (one === undefined || one.restored || one.expiresMs <= nowMs) return false;
    if (one.command.target.agent_uid !== command.target.agent_uid) return false;
    const takesAccess =
      one.command.action !== 'block_issuance' && strengthOf(one.command.action) > 2;
    if (!takesAccess || one.proof.leak !== undefined) return false;
    return one.escalated ? appliedByAll(one) !== undefined : undoneBy(one) === undefined;
  });
}

function isOver(issued: IssuedCommand, nowMs: number): boolean {
  return issued.escalated || issued.restored || issued.expiresMs <= nowMs;
}

export function escalate(
  context: ResponseContext,
  commandId: string,
  why: string,
): readonly Output[] {
  const issued = issuedCommand(context.draft, commandId);
  if (!issued?.cause || isOver(issued, context.nowMs)) return [];
  putIssued(context.draft, { ...issued, escalated: true });
  const { cause } = issued;
  return followUp(context, {
    issued,
    cause,
    verb: 'escalates',
    sentence: why,
    planned: nextRung(context, issued, cause),
    against: holdsWithout(context, issued) ? ['already_contained'] : [],
    isUnbudgeted: false,
  });
}

/**
 * A receiver that is down takes no stronger order either: it would find it when it is back and take
 * from the agent what a moment without network did. Something stronger is asked for only where
 * somebody else could carry it out; else the order waits, and the decision says so.
 */
export function escalateSilence(
  context: ResponseContext,
  issued: IssuedCommand,
): readonly Output[] {
  const silent = silentReceivers(issued);
  if (silent.length === 0 || issued.cause === null || isOver(issued, context.nowMs)) return [];
  const { command, cause } = issued;
  const sentence = `No answer from ${silent.join(', ')} in time.`;
  const open = commandsAbout(context.draft, command.tenant_id, command.target.agent_uid);
  const waitedFor = open.filter((one) => one.escalated && !one.restored);
  const down = new Set([...silent, ...waitedFor.flatMap(silentReceivers)]);
  const others = command.receivers.filter((id) => !down.has(id));
  if (others.length > 0) return escalate(context, command.command_id, sentence);
  const planned = nextRung(context, issued, cause);
  const against = ['no_other_receiver'];
  const rest = { issued, cause, sentence, planned, against, isUnbudgeted: false };
  return followUp(context, { ...rest, verb: 'awaits' });
}

/** Which required receiver has said that it did not do it. */
export function undoneBy(issued: IssuedCommand): string | undefined {
  return issued.required.find((id) => UNDONE.has(issued.receivers[id]?.state ?? ''));
}

/** Which required receivers have not said, so far, what they did. */
export function silentReceivers({ required, receivers }: IssuedCommand): readonly string[] {
  const silent = new Set([undefined, 'delivered', 'accepted']);
  return required.filter((id) => silent.has(receivers[id]?.state));
}
