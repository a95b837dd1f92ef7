/**
 * What a call of a contained agent leaves out, or invents, of what the order is on: its task, instance,
 * conversation, credential, or the server of a tool. It would be the subject's if it named that, so whether
 * it is, nobody can tell.
 */
import type { ObservedCall, WhyUntied } from '@waywarden/schemas';
import { isProven } from '../model/holder.ts';
import { isOfSubject, isOutOfTask, type Subject } from '../model/watched-subject.ts';

/**
 * It names a task in which its agent was not seen before the order, and only says so or shows what
 * it had shown in the stopped one; or it shows what nobody knows the task of.
 */
function isInvented(subject: Subject, call: ObservedCall): boolean {
  const { agentUid, otherTasks, shownCredentialUid: shown, unknownCredentialUid } = subject;
  if (call.task_id === undefined) return true;
  if (call.agent_uid !== agentUid || otherTasks === undefined) return false;
  // That it is given a new token is said of its own, and held against the block of issuance.
  if (call.activity === 'credential_issued') return false;
  if (!otherTasks.includes(call.task_id)) {
    return !isProven(call.assurance) || (shown !== undefined && call.credential_uid === shown);
  }
  return unknownCredentialUid !== undefined && call.credential_uid === unknownCredentialUid;
}

type Gap = readonly [keyof Subject, WhyUntied];

/** It says only the name of the tool, and not whose; or it names none. */
function isToolLeftOut(asked: string, { tool, activity }: ObservedCall): boolean {
  if (tool === undefined) return activity === 'tool_call';
  return asked.includes('/') && asked.endsWith(`/${tool}`);
}

/** What the order is on and the call leaves out, or invents. */
function gapsOf(subject: Subject, call: ObservedCall): readonly Gap[] {
  const { instanceUid, conversationId, credentialUid, tool } = subject;
  const gaps: Gap[] = [];
  if (isOutOfTask(subject, call) && isInvented(subject, call)) {
    gaps.push(['taskId', call.task_id === undefined ? 'no_task' : 'other_task']);
  }
  const isLeftOut = (asked?: string, named?: string) => asked !== undefined && named === undefined;
  if (isLeftOut(instanceUid, call.instance_uid)) gaps.push(['instanceUid', 'no_instance']);
  if (isLeftOut(conversationId, call.conversation_id)) {
    gaps.push(['conversationId', 'no_conversation']);
  }
  if (isLeftOut(credentialUid, call.credential_uid)) gaps.push(['credentialUid', 'no_credential']);
  if (tool !== undefined && isToolLeftOut(tool, call)) gaps.push(['tool', 'no_tool']);
  return gaps;
}

/** It would be the subject's if it named what it leaves out: whether it is, nobody can tell. */
export function whyUntied(subject: Subject, call: ObservedCall): WhyUntied | undefined {
  const gaps = gapsOf(subject, call);
  const [first] = gaps;
  if (first === undefined || isOfSubject(subject, call)) return undefined;
  const left = new Set<string>(gaps.map(([name]) => name));
  const asked = Object.entries(subject).filter(([name]) => !left.has(name));
  const anyOf = { ...Object.fromEntries(asked), agentUid: subject.agentUid };
  return isOfSubject(anyOf, call) ? first[1] : undefined;
}
