/** Who sends a message of MCP where the transport does not say, and whether a person refuses in it. */
import { isRecord } from '../json/path.ts';
import type { Side } from './exchange.ts';
import type { RpcMessage } from './json-rpc.ts';

/** Methods that a server sends; every other request comes from the client. */
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

/** True: an answer in it was not given; an approval that is dismissed is not one. */
export function isRefusing(responses: unknown): boolean {
  if (!isRecord(responses)) return false;
  return Object.values(responses).some(
    (one) => isElicitationAnswer(one) && isRecord(one) && one['action'] !== 'accept',
  );
}
