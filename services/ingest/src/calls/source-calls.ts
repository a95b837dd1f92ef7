/** What one source has under way. */
import {
  type Call,
  CallJoin,
  ClientReader,
  type ClientRequest,
  type JoinOptions,
  type Mapping,
  type ReadResult,
} from '@waywarden/agent-telemetry';
import type { TokenEntry } from '../adapters/token-store.ts';
import { callEvent } from '../core/calls/call-event.ts';
import { ToolLists } from '../core/calls/tool-lists.ts';
import type { ReadItem } from '../core/formats/format-reader.ts';

interface SourceParts {
  readonly token: TokenEntry;
  readonly join: JoinOptions;
  readonly mappings?: readonly Mapping[] | undefined;
  readonly hash: (text: string) => string;
  readonly onCall?: ((call: Call) => void) | undefined;
  readonly pendingBytesMax: number;
  readonly onFull: () => void;
}

/** An input that can't be written as JSON is set aside as any other that is no event. */
function itemOf(
  input: ReadItem['input'],
  line: number,
  believed: NonNullable<ReadItem['believed']>,
): ReadItem {
  try {
    return { input, line, believed, bytes: JSON.stringify(input) };
  } catch {
    const problem = { code: 'wrong_shape', field: '', detail: 'the call is not JSON' } as const;
    return { input: undefined, line, bytes: '', problem };
  }
}

const bytesOf = ({ body, response }: ClientRequest): number =>
  body.length + (response?.body.length ?? 0);

export class SourceCalls {
  token: TokenEntry;
  lastMs = 0;
  unmarkedMs: number | undefined;
  markedAtMs = 0;
  pendingBytes = 0;
  readonly #join: CallJoin;
  readonly #reader: ClientReader;
  readonly #lists: ToolLists;
  readonly #source: string;
  readonly #parts: SourceParts;
  #waiting: ReadItem[] = [];

  constructor(parts: SourceParts) {
    const { token, join, hash } = parts;
    this.#parts = parts;
    this.#reader = new ClientReader(parts.mappings);
    this.token = token;
    this.#join = new CallJoin(join);
    this.#lists = new ToolLists({ hash });
    this.#source = `${token.source.kind}/${token.source.instance}`;
  }

  get counts() {
    return this.#join.counts;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  take(request: ClientRequest, nowMs: number): ReadResult {
    const result = this.#reader.read(request);
    this.lastMs = nowMs;
    this.unmarkedMs ??= request.receivedAt;
    this.#join.add(result.observations, nowMs);
    if (result.observations.length > 0) this.pendingBytes += bytesOf(request);
    if (this.pendingBytes > this.#parts.pendingBytesMax) {
      this.#parts.onFull();
      this.conclude(nowMs, true);
    }
    for (const { input, isNamed } of this.#lists.note(result.observations, this.#source, nowMs)) {
      this.#waiting.push(
        itemOf(input, this.#waiting.length + 1, isNamed ? 'asserted' : 'unresolved'),
      );
    }
    return result;
  }

  get isOver(): boolean {
    return this.#waiting.length === 0 && this.#join.counts.inHand === 0;
  }

  conclude(nowMs: number, isAll: boolean): void {
    for (const call of isAll ? this.#join.flush() : this.#join.warmedUp(nowMs)) {
      this.#parts.onCall?.(call);
      const definition = this.#lists.definitionOf(call.tool, call.server);
      const { input, believed } = callEvent(call, {
        source: this.#source,
        nowMs,
        definition,
        uid: this.token.identity?.uid,
      });
      this.#waiting.push(itemOf(input, this.#waiting.length + 1, believed));
    }
    if (this.#join.counts.inHand === 0) this.pendingBytes = 0;
  }

  async deliver(deliver: (items: readonly ReadItem[], token: TokenEntry) => Promise<unknown>) {
    const items = this.#waiting;
    if (items.length === 0) return;
    this.#waiting = [];
    try {
      await deliver(items, this.token);
    } catch (cause) {
      this.#waiting = [...items, ...this.#waiting];
      throw cause;
    }
  }
}
