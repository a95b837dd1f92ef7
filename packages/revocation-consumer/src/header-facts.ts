/**
 * Who calls, in headers that whatever stands before the proxy has set after it authenticated the
 * caller. An empty one tells nothing: else it would be told and match no order.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { CallFacts } from './call-facts.ts';

const FACT_HEADERS = {
  agentUid: 'x-agent-uid',
  taskId: 'x-task-id',
  instanceUid: 'x-instance-uid',
  credentialUid: 'x-credential-uid',
  conversationId: 'x-conversation-id',
} as const;

export function oneHeader(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

export function factsOfHeaders(headers: IncomingHttpHeaders): CallFacts | undefined {
  const given = Object.entries(FACT_HEADERS).flatMap(([fact, header]): [string, string][] => {
    const value = oneHeader(headers[header]);
    return value === undefined || value === '' ? [] : [[fact, value]];
  });
  const facts = Object.fromEntries(given);
  return facts['agentUid'] === undefined ? undefined : { agentUid: facts['agentUid'], ...facts };
}

export function headersOfFacts(facts: CallFacts): Readonly<Record<string, string>> {
  const given = Object.entries(FACT_HEADERS).flatMap(([fact, header]): [string, string][] => {
    const value = facts[fact as keyof typeof FACT_HEADERS];
    return value === undefined ? [] : [[header, value]];
  });
  return Object.fromEntries(given);
}
