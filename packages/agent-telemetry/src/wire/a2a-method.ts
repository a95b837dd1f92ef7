/** The A2A method of a request: JSON-RPC, or path. */
import { idOf, isRecord, type JsonRecord } from '../json/path.ts';
import type { Exchange } from './exchange.ts';
import type { RpcMessage } from './json-rpc.ts';

export interface A2aRequest {
  readonly method: string;
  /** Or the body. */
  readonly params: JsonRecord;
  readonly requestId: string | undefined;
}

/** Those that only A2A has. */
const METHODS = new Map([
  ['message/send', 'SendMessage'],
  ['message/stream', 'SendStreamingMessage'],
  ['tasks/get', 'GetTask'],
  ['tasks/list', 'ListTasks'],
  ['tasks/cancel', 'CancelTask'],
  ['tasks/resubscribe', 'SubscribeToTask'],
  ['agent/getAuthenticatedExtendedCard', 'GetExtendedAgentCard'],
  ...[
    'SendMessage',
    'SendStreamingMessage',
    'GetTask',
    'ListTasks',
    'CancelTask',
    'SubscribeToTask',
    'GetExtendedAgentCard',
  ].map((name): [string, string] => [name, name]),
]);

const SENDS = new Set(['SendMessage', 'SendStreamingMessage']);

export function isSend(request: A2aRequest): boolean {
  return SENDS.has(request.method);
}

/** MCP's `tasks/get` has `taskId`. */
export function a2aRequestOf(message: RpcMessage): A2aRequest | undefined {
  const method = message.method === undefined ? undefined : METHODS.get(message.method);
  if (method === undefined) return undefined;
  const isOfTask = message.method?.startsWith('tasks/') === true;
  if (isOfTask && message.params['taskId'] !== undefined) return undefined;
  return { method, params: message.params, requestId: message.id };
}

const PATHS: readonly { readonly verb: string; readonly path: RegExp; readonly method: string }[] =
  [
    { verb: 'POST', path: /\/message:send$/, method: 'SendMessage' },
    { verb: 'POST', path: /\/message:stream$/, method: 'SendStreamingMessage' },
    { verb: 'POST', path: /\/tasks\/[^/]+:cancel$/, method: 'CancelTask' },
    { verb: 'GET', path: /\/tasks\/[^/]+:subscribe$/, method: 'SubscribeToTask' },
    { verb: 'POST', path: /\/tasks\/[^/]+:subscribe$/, method: 'SubscribeToTask' },
    { verb: 'GET', path: /\/tasks\/[^/]+$/, method: 'GetTask' },
    { verb: 'GET', path: /\/tasks$/, method: 'ListTasks' },
  ];

export function a2aRequestOfPath(exchange: Exchange, body: unknown): A2aRequest | undefined {
  const path = exchange.path.split('?')[0] ?? '';
  const found = PATHS.find((one) => exchange.method === one.verb && one.path.test(path));
  if (found === undefined) return undefined;
  const id = idOf(path.split('/').at(-1)?.split(':')[0]);
  return { method: found.method, params: isRecord(body) ? body : { id }, requestId: undefined };
}
