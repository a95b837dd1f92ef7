/**
 * What of a body is judged, and what is passed on: the same, written anew. Parsers differ on equal
 * keys and on spelling, so ambiguous names are refused.
 */
import { randomUUID } from 'node:crypto';
import type { CallFacts } from '../orders/call-facts.ts';

export interface McpBody {
  readonly messages: readonly McpMessage[];
  /** Written anew; empty where it was empty. */
  readonly body: string;
}

const OF_MESSAGE = ['jsonrpc', 'id', 'method', 'params'];
const OF_TOOL_CALL = ['name', 'arguments'];
/** Some number may come out otherwise than it went in. */
const MAY_CHANGE = /\d{16}|\d[.eE]|-0/u;
/** A string, of which nothing is touched, or a number. */
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/gsu;

/** As Go compares names: `ſ` is an s and the Kelvin sign a k. */
const folded = (name: string) => name.toUpperCase().toLowerCase();

function misspelt(value: object, names: readonly string[]): string | undefined {
  return Object.keys(value).find((key) => !names.includes(key) && names.includes(folded(key)));
}

function misspeltIn(message: McpMessage): string | undefined {
  const { method, params = {} } = message;
  const inside = method === TOOL_CALL ? misspelt(params, OF_TOOL_CALL) : undefined;
  return misspelt(message, OF_MESSAGE) ?? inside;
}

/** Numbers keep their spelling: an id of nineteen digits would come out as another. */
function writtenAnew(body: string, parsed: unknown): string {
  if (!MAY_CHANGE.test(body)) return JSON.stringify(parsed);
  // Not to be guessed: a string of the caller's must not come out as a number.
  const mark = randomUUID();
  const marked = body.replace(STRING_OR_NUMBER, (one) =>
    one.startsWith('"') || String(Number(one)) === one ? one : `"${mark}${one}"`,
  );
  const anew = JSON.stringify(JSON.parse(marked));
  return anew.replace(new RegExp(`"${mark}([^"]*)"`, 'gu'), '$1');
}

/** Values of one body: to write four megabytes of the shortest anew takes seconds, in which nobody else is judged. */
const VALUES_MAX = 50_000;
const MESSAGES_MAX = 1_000;
const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];

/** More values than that: each but the first of its kind stands behind a comma. */
function hasTooManyValues(body: string): boolean {
  let commas = 0;
  let isInString = false;
  for (let at = 0; at < body.length; at++) {
    const code = body.charCodeAt(at);
    if (isInString && code === BACKSLASH) at++;
    else if (code === QUOTE) isInString = !isInString;
    else if (!isInString && code === COMMA && ++commas >= VALUES_MAX) return true;
  }
  return false;
}

export function bodyToPass(body: string): McpBody | { readonly problem: string } {
  if (body === '') return { messages: [], body };
  const problem = 'This is no JSON-RPC.';
  if (hasTooManyValues(body)) return { problem: `A request may have ${VALUES_MAX} values.` };
  try {
    const parsed: unknown = JSON.parse(body);
    const messages: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed];
    if (messages.length > MESSAGES_MAX) {
      return { problem: `A batch may have ${MESSAGES_MAX} messages.` };
    }
    if (!messages.every(isMessage)) return { problem };
    for (const message of messages) {
      const key = misspeltIn(message);
      if (key === undefined) continue;
      return { problem: `"${key}" is refused: some servers would take it for "${folded(key)}".` };
    }
    return { messages, body: writtenAnew(body, parsed) };
  } catch {
    return { problem };
  }
}

/**
 * Which messages of MCP reach data. Pure. What is known to reach none is listed, and every other
 * method counts as a call: one that a later version of the protocol adds must not be a way around.
 */
export interface McpMessage {
  readonly id?: unknown;
  /** Absent: an answer to what the server asked. */
  readonly method?: string;
  readonly params?: { readonly name?: unknown; readonly arguments?: unknown };
}

export const TOOL_CALL = 'tools/call';

const WITHOUT_DATA: ReadonlySet<string> = new Set([
  'initialize',
  'server/discover',
  'ping',
  'logging/setLevel',
  'tools/list',
  'resources/list',
  'resources/templates/list',
  'prompts/list',
  'resources/unsubscribe',
]);
const READING: ReadonlySet<string> = new Set([
  'resources/read',
  'resources/subscribe',
  'prompts/get',
  'completion/complete',
]);

/** By name: parameters in a row, or a name that is no text, are another tool here than at the server. */
function areParams(method: unknown, params: unknown): boolean {
  if (typeof params !== 'object' || params === null || Array.isArray(params)) return false;
  const { name } = params as { name?: unknown };
  return method !== TOOL_CALL || name === undefined || typeof name === 'string';
}

export function isMessage(value: unknown): value is McpMessage {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { method, params } = value as { method?: unknown; params?: unknown };
  const isNamed = method === undefined || typeof method === 'string';
  return isNamed && (params === undefined || areParams(method, params));
}

export function isCall({ method }: McpMessage): boolean {
  if (method === undefined || method.startsWith('notifications/')) return false;
  return !WITHOUT_DATA.has(method);
}

/** What of a call is in its message: its tool is `server/name`, of other methods `server/method`. */
export function factsOfMessage(
  server: string,
  { method = '', params }: McpMessage,
): Required<Pick<CallFacts, 'tool'>> & Pick<CallFacts, 'effect'> {
  const name = method === TOOL_CALL ? String(params?.name ?? '') : method;
  return { tool: `${server}/${name}`, ...(READING.has(method) ? { effect: 'read' } : {}) };
}

/** What is asked for: of a tool its arguments, of another method what it is about. */
export function argsOf({ method, params }: McpMessage): { readonly args?: unknown } {
  const args = method === TOOL_CALL ? params?.arguments : params;
  return args === undefined ? {} : { args };
}
