/** What the MCP proxy answers in place of the server: errors of JSON-RPC. */
import type { ServerResponse } from 'node:http';
import { refusalOf } from '../http/middleware.ts';
import type { Judgement } from '../orders/consumer-options.ts';

/** JSON-RPC leaves -32000 to -32099 to servers. */
export const DENIED_CODE = -32_001;
export const NOT_JSON_RPC_CODE = -32_600;

export interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: object;
}

export function errorOf(judgement: Judgement | undefined): RpcError {
  if (judgement === undefined) {
    const message = 'The call names no agent.';
    return { code: DENIED_CODE, message, data: { error: 'agent_unknown' } };
  }
  const data = refusalOf(judgement);
  return { code: DENIED_CODE, message: data.message, data };
}

export function answerError(
  response: ServerResponse,
  status: number,
  error: RpcError,
  id?: unknown,
) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ jsonrpc: '2.0', id: id ?? null, error }));
}
