/**
 * What a call leaves out or invents of the order's task, instance, conversation, credential or server: nobody can
 * tell whose it is.
 */
import type { ObservedCall, WhyUntied } from '@waywarden/schemas';
import { isProven } from '../model/holder.ts';
import { isOfSubject, isOutOfTask, type Subject } from '../model/watched-subject.ts';

/** A task not seen before, or a credential whose task nobody knows. */
function isInvented(subject: Subject, call: ObservedCall): boolean {
  const { agentUid, otherTasks, shownCredentialUid: shown, unknownCredentialUid } = subject;
  if (call.task_id === undefined) return true;
  if (call.agent_uid !== agentUid || otherTasks === undefined) return false;
  if (call.activity === 'credential_issued') return false;
  if (!otherTasks.includes(call.task_id)) {
    return !isProven(call.assurance) || (shown !== undefined && call.credential_uid === shown);
  }
  return unknownCredentialUid !== undefined && call.credential_uid === unknownCredentialUid;
}

type Gap = readonly [keyof Subject, WhyUntied];

function isToolLeftOut(asked: string, { tool, activity }: ObservedCall): boolean {
  if (tool === undefined) return activity === 'tool_call';
  return asked.includes('/') && asked.endsWith(`/${tool}`);
}

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

export function whyUntied(subject: Subject, call: ObservedCall): WhyUntied | undefined {
  const gaps = gapsOf(subject, call);
  const [first] = gaps;
  if (first === undefined || isOfSubject(subject, call)) return undefined;
  const left = new Set<string>(gaps.map(([name]) => name));
  const asked = Object.entries(subject).filter(([name]) => !left.has(name));
  const anyOf = { ...Object.fromEntries(asked), agentUid: subject.agentUid };
  return isOfSubject(anyOf, call) ? first[1] : undefined;
}
