/** Calls in a model's history, known by shape: every vendor differs. */
import { isRecord } from '../json/path.ts';
import { parsed } from '../model/place.ts';

/** And depth. */
export const NODES_MAX = 20_000;
export const DEPTH_MAX = 24;

interface RequestedCall {
  readonly is: 'requested';
  readonly callId: string;
  readonly tool: string;
  readonly args: unknown;
}

export interface AnsweredCall {
  readonly is: 'answered';
  readonly callId: string;
  readonly tool: string | undefined;
  readonly result: unknown;
  readonly outcome: 'error' | 'denied' | undefined;
}

export interface ApprovedCall {
  readonly is: 'approval';
  readonly callId: string;
  readonly approved: boolean;
}

export interface SpokenTask {
  readonly is: 'task';
  readonly text: string;
}

export type Spoken = RequestedCall | AnsweredCall | ApprovedCall | SpokenTask;

type Json = Readonly<Record<string, unknown>>;

function firstText(node: Json, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = node[key];
    if (typeof value === 'string' && value !== '') return value;
  }
  return undefined;
}

function firstKey(node: Json, keys: readonly string[]): unknown {
  for (const key of keys) if (node[key] !== undefined) return node[key];
  return undefined;
}

const ARGUMENTS = ['arguments', 'args', 'input', 'parameters'];
const CALL_IDS = ['tool_call_id', 'toolCallId', 'call_id', 'callId', 'tool_use_id', 'toolUseId'];
const ANSWERS = ['response', 'result', 'output', 'content'];
const CALL_TYPES =
  /^(?:tool[-_]?call|tool[-_]?use|function[-_]?call|function|mcp[-_]call|custom[-_]tool[-_]call|server[-_]tool[-_](?:use|call)|mcp[-_]tool[-_]use)$/iu;
const ANSWER_TYPES = /(?:response|result|output|^tool)$/iu;

function requested(node: Json): RequestedCall | undefined {
  const inner = isRecord(node.function) ? node.function : node;
  const tool = firstText(inner, ['name', 'toolName', 'tool_name']);
  const callId = firstText(node, [...CALL_IDS, 'id']);
  if (tool === undefined || callId === undefined) return undefined;
  const args = firstKey(inner, ARGUMENTS);
  const type = firstText(node, ['type']);
  const hasShape = args !== undefined || node.toolName !== undefined;
  if (type === undefined ? !hasShape : !CALL_TYPES.test(type)) return undefined;
  if (type === undefined && node.role !== undefined) return undefined;
  return { is: 'requested', callId, tool, args: parsed(args) };
}

function plainContent(value: unknown): unknown {
  if (Array.isArray(value) && value.every((one) => isRecord(one) && typeof one.text === 'string')) {
    const texts = value.map((one: unknown) => (isRecord(one) ? String(one.text) : ''));
    return parsed(texts.join('\n'));
  }
  if (isRecord(value) && typeof value.type === 'string' && 'value' in value) return value.value;
  return parsed(value);
}

function answerOutcome(node: Json, answer: unknown): AnsweredCall['outcome'] {
  const output = isRecord(answer) ? firstText(answer, ['type']) : undefined;
  if (output !== undefined && /denied|reject/u.test(output)) return 'denied';
  const failed =
    node.is_error === true ||
    node.isError === true ||
    node.status === 'error' ||
    output?.startsWith('error') === true;
  return failed ? 'error' : undefined;
}

function answered(node: Json): AnsweredCall | undefined {
  const type = firstText(node, ['type', 'role']);
  const isAnswer =
    (type !== undefined && ANSWER_TYPES.test(type)) ||
    (node.name !== undefined && node.response !== undefined);
  const callId = firstText(node, isAnswer ? [...CALL_IDS, 'id'] : CALL_IDS);
  const answer = firstKey(node, ANSWERS);
  // Content is not captured.
  const isBare = node.role === 'tool' && node.parts === undefined;
  if (callId === undefined || (answer === undefined && !isBare)) return undefined;
  if (!isAnswer && firstKey(node, ARGUMENTS) !== undefined) return undefined;
  const tool = firstText(node, ['name', 'toolName', 'tool_name']);
  const outcome = answerOutcome(node, answer);
  return { is: 'answered', callId, tool, result: plainContent(answer), outcome };
}

/** The vendor's server did it. */
function answeredWithin(node: Json, { callId, tool }: RequestedCall): AnsweredCall | undefined {
  const answer = firstKey(node, ['output', 'result']) ?? undefined;
  const error = node.error ?? undefined;
  if (answer === undefined && error === undefined) return undefined;
  const outcome = error === undefined ? answerOutcome(node, answer) : 'error';
  return { is: 'answered', callId, tool, result: plainContent(answer ?? error), outcome };
}

/** Vercel: only it names the call. */
function approvalRequest(node: Json): readonly [approvalId: string, callId: string] | undefined {
  const type = firstText(node, ['type']) ?? '';
  const approvalId = firstText(node, ['approvalId', 'approval_id']);
  const callId = firstText(node, CALL_IDS);
  if (!/approval[-_]request/u.test(type) || approvalId === undefined) return undefined;
  return callId === undefined ? undefined : [approvalId, callId];
}

function approval(node: Json): ApprovedCall | undefined {
  const type = firstText(node, ['type']) ?? '';
  if (!/approval[-_]response/u.test(type) || typeof node.approved !== 'boolean') return undefined;
  const call = isRecord(node.function_call) ? node.function_call : node;
  const callId = firstText(call, [...CALL_IDS, 'approvalId', 'id']);
  return callId === undefined ? undefined : { is: 'approval', callId, approved: node.approved };
}

function textOf(content: unknown): string | undefined {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return undefined;
  const texts = content.flatMap((part: unknown) =>
    isRecord(part) ? [firstText(part, ['text', 'content']) ?? ''] : [],
  );
  const joined = texts.filter((text) => text !== '').join('\n');
  return joined === '' ? undefined : joined;
}

function spokenTask(node: Json): SpokenTask | undefined {
  const role = firstText(node, ['role', 'type']);
  if (role !== 'user' && role !== 'human') return undefined;
  const text = textOf(node.content ?? node.parts);
  return text === undefined ? undefined : { is: 'task', text };
}

/** In order. */
export function readMessages(value: unknown): readonly Spoken[] {
  const spoken: Spoken[] = [];
  const approvals = new Map<string, string>();
  let nodes = 0;
  const walk = (given: unknown, depth: number): void => {
    const node = parsed(given);
    if (typeof node !== 'object' || node === null) return;
    nodes += 1;
    if (nodes > NODES_MAX || depth > DEPTH_MAX) return;
    if (Array.isArray(node)) {
      for (const one of node) walk(one, depth + 1);
      return;
    }
    if (!isRecord(node)) return;
    const request = approvalRequest(node);
    if (request !== undefined) approvals.set(...request);
    const found = approval(node) ?? answered(node) ?? requested(node) ?? spokenTask(node);
    if (found !== undefined) spoken.push(found);
    const within = found?.is === 'requested' ? answeredWithin(node, found) : undefined;
    if (within !== undefined) spoken.push(within);
    if (found?.is === 'requested' || found?.is === 'answered') return;
    for (const key of Object.keys(node)) walk(node[key], depth + 1);
  };
  walk(value, 0);
  return spoken.map((one) =>
    one.is === 'approval' ? { ...one, callId: approvals.get(one.callId) ?? one.callId } : one,
  );
}
