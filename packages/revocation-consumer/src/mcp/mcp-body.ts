/**
 * What of a body is judged, and what is passed on: the same, written anew. Parsers differ on equal
 * keys and on spelling, so ambiguous names are refused.
 */
import { randomUUID } from 'node:crypto';
import { isMessage, type McpMessage, TOOL_CALL } from './mcp-message.ts';

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
