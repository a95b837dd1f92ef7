/**
 * Who calls, by headers that the authenticating gateway set; bytes of UTF-8. A header that came
 * twice, or has a comma, names nobody: whoever adds one would choose who calls.
 */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { CallFacts } from '../orders/call-facts.ts';

const FACT_HEADERS = {
  agentUid: 'x-agent-uid',
  taskId: 'x-task-id',
  instanceUid: 'x-instance-uid',
  credentialUid: 'x-credential-uid',
  conversationId: 'x-conversation-id',
  approvedBy: 'x-approved-by',
} as const;
/** Everywhere else in Node the bytes of a header are letters of this. */
const WIRE = 'latin1';

export function oneHeader(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

/** Undefined: no UTF-8. */
function decoded(value: string): string | undefined {
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    return decoder.decode(Buffer.from(value, WIRE));
  } catch {
    return undefined;
  }
}

/** As they were meant; one that is no UTF-8 says nothing. */
export function decodedHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const read = Object.entries(headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.map((one) => decoded(one) ?? '') : decoded(value ?? ''),
  ]);
  return Object.fromEntries(read);
}

/** The same bytes again, for a request of one's own. */
export function encodedHeaders(
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const written = Object.entries(headers).map(([name, value]) => [
    name,
    Buffer.from(value, 'utf8').toString(WIRE),
  ]);
  return Object.fromEntries(written);
}

/** Why the headers that say who calls can't be told apart; undefined: they can. */
export function ambiguityOf({
  headersDistinct,
}: Pick<IncomingMessage, 'headersDistinct'>): string | undefined {
  for (const name of Object.values(FACT_HEADERS)) {
    const [value = '', ...others] = headersDistinct[name] ?? [];
    if (others.length > 0) return `The header ${name} came more than once.`;
    if (decoded(value) === undefined) return `The header ${name} is no UTF-8.`;
    if (value.includes(',')) return `The header ${name} has a comma: it may be two in one.`;
  }
  return undefined;
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
