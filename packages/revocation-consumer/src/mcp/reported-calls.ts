/**
 * What became of the calls that one request let through, read from JSON or the event stream as it
 * passes. 401 and 403 are refusals; a good status is a success; no answer is `unknown`.
 */
import { toolValue } from '@waywarden/agent-telemetry/enforcement';
import type { CallFacts } from '../orders/call-facts.ts';
import { argsOf, factsOfMessage, type McpMessage, TOOL_CALL } from './mcp-body.ts';

/** Of one answer; what is longer is passed on, and its calls are successes. */
const ANSWER_CHARS_MAX = 1024 * 1024;
const REFUSING: ReadonlySet<number> = new Set([401, 403]);
const BAD_STATUS = 400;
const ASKS_BACK = 'input_required';

export interface DeniedCall {
  readonly facts: CallFacts | undefined;
  readonly tool: string;
  readonly args?: unknown;
  readonly commandId: string | undefined;
}

export interface EndOfCall {
  readonly outcome:
    | 'success'
    | 'tool_error'
    | 'protocol_error'
    | 'denied'
    | 'cancelled'
    | 'unknown';
  /** The status by which the server refused or failed. */
  readonly status?: number;
  /** What it answered: of a tool's parts their text, parsed where it is JSON. */
  readonly result?: unknown;
}

export type ReportedCall = DeniedCall &
  EndOfCall & {
    /** From when it was let in until it ended; absent: it was refused here. */
    readonly durationMs?: number;
  };

export interface McpAnswer {
  readonly id?: unknown;
  readonly error?: unknown;
  readonly result?: { readonly isError?: unknown; readonly resultType?: unknown } | null;
}

export function endOf({ method }: McpMessage, { error, result }: McpAnswer): EndOfCall {
  if (error !== undefined) return { outcome: 'protocol_error', result: error };
  // The server asks back, and the call is made again with what was asked for.
  if (result?.resultType === ASKS_BACK) return { outcome: 'unknown' };
  const value = method === TOOL_CALL ? toolValue(result) : result;
  const resultPart = value === undefined ? {} : { result: value };
  return { outcome: result?.isError === true ? 'tool_error' : 'success', ...resultPart };
}

function answersIn(text: string): readonly McpAnswer[] {
  try {
    const read: unknown = JSON.parse(text);
    const all: readonly unknown[] = Array.isArray(read) ? read : [read];
    return all.filter((one): one is McpAnswer => {
      if (typeof one !== 'object' || one === null) return false;
      return 'result' in one || 'error' in one;
    });
  } catch {
    return [];
  }
}

const dataOf = (event: string) =>
  event
    .split('\n')
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice('data:'.length))
    .join('\n');

export interface LetIn {
  readonly server: string;
  readonly facts: CallFacts | undefined;
  readonly calls: readonly McpMessage[];
  readonly onCall: ((call: ReportedCall) => void) | undefined;
}

export class ReportedCalls {
  readonly #letIn: LetIn;
  readonly #decoder = new TextDecoder();
  readonly #beganMs = Date.now();
  #left: readonly McpMessage[];
  #text = '';
  #isStream = false;

  constructor(letIn: LetIn) {
    this.#letIn = letIn;
    this.#left = letIn.calls;
  }

  /** The server answers; how, is told by what follows, unless its status says it. */
  begin(status: number, contentType: string | null): void {
    this.#isStream = contentType?.startsWith('text/event-stream') === true;
    if (status < BAD_STATUS) return;
    this.end({ outcome: REFUSING.has(status) ? 'denied' : 'unknown', status });
  }

  read(part: Uint8Array): void {
    if (this.#left.length === 0) return;
    this.#text += this.#decoder.decode(part, { stream: true });
    if (this.#isStream) this.#readEvents();
    if (this.#text.length > ANSWER_CHARS_MAX) this.end({ outcome: 'success' });
  }

  /** The whole answer was passed on, or as much of it as the caller took. */
  close(): void {
    if (this.#left.length > 0) this.#settle(this.#isStream ? dataOf(this.#text) : this.#text);
    this.end({ outcome: 'success' });
  }

  /** So end all of which nothing is known yet. */
  end(how: EndOfCall): void {
    for (const call of this.#left) this.#report(call, how);
    this.#left = [];
    this.#text = '';
  }

  #readEvents(): void {
    const events = this.#text.split(/\r?\n\r?\n/);
    this.#text = events.pop() ?? '';
    for (const event of events) this.#settle(dataOf(event));
  }

  #settle(text: string): void {
    for (const answer of answersIn(text)) {
      const call = this.#left.find(({ id }) => id !== undefined && id === answer.id);
      if (call === undefined) continue;
      this.#report(call, endOf(call, answer));
      this.#left = this.#left.filter((one) => one !== call);
    }
  }

  #report(call: McpMessage, how: EndOfCall): void {
    const { server, facts, onCall } = this.#letIn;
    const { tool } = factsOfMessage(server, call);
    const durationMs = Math.max(0, Date.now() - this.#beganMs);
    onCall?.({ facts, tool, commandId: undefined, ...argsOf(call), durationMs, ...how });
  }
}
