/** The sender of an MCP message, and refusals in it. */
import { isRecord } from '../json/path.ts';
import type { Side } from './exchange.ts';
import type { RpcMessage } from './json-rpc.ts';

const SERVER_METHODS = new Set([
  'elicitation/create',
  'sampling/createMessage',
  'roots/list',
  'notifications/progress',
  'notifications/message',
]);

export function sideOf(message: RpcMessage): Side {
  if (message.method !== undefined) {
    return SERVER_METHODS.has(message.method) ? 'server' : 'client';
  }
  const result = message.result;
  const isClientAnswer =
    isRecord(result) && ('roots' in result || ('role' in result && 'model' in result));
  return isClientAnswer || isElicitationAnswer(result) ? 'client' : 'server';
}

export function isElicitationAnswer(result: unknown): boolean {
  const action = isRecord(result) ? result['action'] : undefined;
  return action === 'accept' || action === 'decline' || action === 'cancel';
}

/** A dismissal counts too. */
export function isRefusing(responses: unknown): boolean {
  if (!isRecord(responses)) return false;
  return Object.values(responses).some(
    (one) => isElicitationAnswer(one) && isRecord(one) && one['action'] !== 'accept',
  );
}
