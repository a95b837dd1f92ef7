/** Hands commands to receivers and takes receipts. A cursor that returns says that commands arrived. */
import type { AppendRecord, EventLog, Reader } from '@waywarden/event-log';
import {
  agentKey,
  HEADERS,
  type Receipt,
  TOPICS,
  uuidV5,
  WAYWARDEN_NAMESPACE,
} from '@waywarden/schemas';
import { parseJson } from '@waywarden/stage';
import {
  collectCommands,
  type FeedOrders,
  type FeedPlace,
  type Handed,
  type HandedCommand,
  isBehind,
} from './collect-commands.ts';
import { HandOutPace } from './hand-out-pace.ts';
import type { ReceiverKeys } from './receiver-keys.ts';
import { type ProvenRequest, RequestProof } from './request-proof.ts';

interface FeedCursor {
  readonly incarnation: string;
  readonly offsets: readonly number[];
  /** Absent: nothing waits. */
  readonly pendingFrom?: readonly (number | null)[];
}

/** A receiver's cursor: offsets, withheld places, incarnation. */
function encodeCursor({ pendingFrom = [], ...rest }: FeedCursor): string {
  const inHand = pendingFrom.some((from) => from !== null) ? { pendingFrom } : {};
  return Buffer.from(JSON.stringify({ ...rest, ...inHand })).toString('base64url');
}

const isOffset = (one: unknown) => Number.isSafeInteger(one);

/** Undefined: not ours. */
function decodeCursor(text: string): FeedCursor | undefined {
  try {
    const cursor = JSON.parse(Buffer.from(text, 'base64url').toString()) as FeedCursor;
    const { incarnation, offsets, pendingFrom = [] } = cursor;
    const isGood =
      typeof incarnation === 'string' &&
      offsets.every(isOffset) &&
      pendingFrom.every((one) => one === null || isOffset(one));
    return isGood ? cursor : undefined;
  } catch {
    return undefined;
  }
}

/** Where the cursor stands in a topic that begins at `starts`. */
function placeOf(starts: readonly number[], cursor: FeedCursor | undefined): FeedPlace {
  return {
    offsets: starts.map((start, at) => Math.max(start, cursor?.offsets[at] ?? start)),
    pendingFrom: starts.map((start, at) => {
      const from = cursor?.pendingFrom?.[at] ?? null;
      return from === null ? null : Math.max(start, from);
    }),
  };
}

const COMMANDS = TOPICS.revocationCommands.name;
const JOURNAL = TOPICS.responseJournal.name;
/** No record tells the end of a pause. */
const RESUME_LOOK_MS = 500;
/** Arrival still to be noted. */
const HANDED_MAX = 10_000;
const ENCODER = new TextEncoder();

interface FeedParts {
  readonly log: EventLog;
  readonly receiverKeys: ReceiverKeys;
  readonly wallClock: () => string;
  readonly orders: FeedOrders;
}

export interface Receiving {
  readonly tenantId: string;
  readonly receiver: string;
}

export interface PollRequest extends Receiving {
  readonly after: string | null;
  readonly waitMs: number;
  readonly limit: number;
  readonly signal: AbortSignal;
}

export interface Polled {
  readonly commands: readonly HandedCommand[];
  readonly cursor: string;
}

export interface TakenReceipts {
  readonly accepted: number;
  readonly refused: readonly { readonly index: number; readonly reason: string }[];
}

export class CommandFeed {
  readonly #parts: FeedParts;
  readonly #reader: Reader;
  readonly #pace: HandOutPace;
  readonly #proof: RequestProof;
  readonly #handed = new Map<string, readonly Handed[]>();
  #waiting: (() => void)[] = [];
  #running: Promise<void> = Promise.resolve();

  private constructor(parts: FeedParts, ends: readonly number[]) {
    this.#parts = parts;
    this.#proof = new RequestProof(parts.receiverKeys, parts.wallClock);
    this.#pace = new HandOutPace({
      rateOf: (key) => parts.receiverKeys.rateOf(key),
      clockMs: () => performance.now(),
    });
    this.#reader = parts.log.reader({
      group: 'command-feed',
      topics: [COMMANDS],
      startAt: (_, partition) => ends[partition] ?? 0,
    });
  }

  static async open(parts: FeedParts): Promise<CommandFeed> {
    const feed = new CommandFeed(parts, await parts.log.endOffsets(COMMANDS));
    feed.#running = feed.#reader.run(async () => feed.#wake());
    feed.#running.catch(() => undefined);
    return feed;
  }

  async close(): Promise<void> {
    await this.#reader.stop();
    await this.#running.catch(() => undefined);
    this.#wake();
  }

  refuse(of: ProvenRequest, proof: string | undefined): Promise<string | undefined> {
    return this.#proof.refuse(of, proof);
  }

  /** Undefined: no cursor. Waits up to `waitMs`. */
  async poll(request: PollRequest): Promise<Polled | undefined> {
    const { log } = this.#parts;
    const { after, waitMs, signal } = request;
    const cursor = after === null ? null : decodeCursor(after);
    if (cursor === undefined) return undefined;
    const { incarnation } = await log.describe(COMMANDS);
    const starts = await log.startOffsets(COMMANDS);
    const known = cursor?.incarnation === incarnation ? cursor : undefined;
    const place = placeOf(starts, known);
    await this.#countArrived(request, place);
    const untilMs = Date.now() + waitMs;
    const name = agentKey(request.tenantId, request.receiver);
    for (;;) {
      const fresh = this.#nextRecord();
      const room = this.#pace.room(name);
      const limit = Math.min(request.limit, room);
      const commands = limit < 1 ? [] : await this.#collect({ ...request, limit }, place);
      this.#pace.spend(name, commands.length);
      const leftMs = untilMs - Date.now();
      if (commands.length > 0 || leftMs <= 0 || signal.aborted) {
        return { commands, cursor: encodeCursor({ incarnation, ...place }) };
      }
      const isInHand = place.pendingFrom.some((from) => from !== null);
      if (room >= 1) {
        await this.#within(isInHand ? Math.min(leftMs, RESUME_LOOK_MS) : leftMs, signal, fresh);
      } else await this.#within(Math.min(leftMs, this.#pace.waitMs(name)), signal);
    }
  }

  /** By its own signature. */
  async take(of: Receiving, receipts: readonly string[]): Promise<TakenReceipts> {
    const records: AppendRecord[] = [];
    const refused: { index: number; reason: string }[] = [];
    for (const [index, jws] of receipts.entries()) {
      const read = await this.#read(of, jws);
      if ('refused' in read) refused.push({ index, reason: read.refused });
      else records.push(read.record);
    }
    if (records.length > 0) await this.#parts.log.append(records);
    return { accepted: records.length, refused };
  }

  async #read(
    of: Receiving,
    jws: string,
  ): Promise<{ readonly record: AppendRecord } | { readonly refused: string }> {
    const topic = TOPICS.revocationReceipts.name;
    const [head = '', payload = '', mark = ''] = jws.split('.');
    const value = Buffer.from(payload, 'base64url');
    const headers = {
      [HEADERS.type]: 'event',
      [HEADERS.producedAt]: this.#parts.wallClock(),
      [HEADERS.sig]: `${head}..${mark}`,
    };
    const bare = { topic, incarnation: '', partition: 0, offset: 0, key: null, value, headers };
    const parsed = parseJson(bare);
    const receipt = 'value' in parsed ? (parsed.value as Partial<Receipt>) : {};
    if (receipt?.tenant_id !== of.tenantId || receipt.receiver !== of.receiver) {
      return { refused: 'other_receiver' };
    }
    const key = agentKey(of.tenantId, String(receipt.agent_uid));
    const refused = await this.#parts.receiverKeys.refuse({ ...bare, key });
    if (refused !== undefined) return { refused };
    if (!this.#wasGiven(of, receipt)) {
      // Refused receipts are not sent again.
      if (!(await this.#parts.orders.restored())) throw new Error('The responder is stopping.');
      if (!this.#wasGiven(of, receipt)) return { refused: 'command_unknown' };
    }
    return { record: { topic, key, value, headers } };
  }

  #wasGiven(
    of: Receiving,
    { command_id: id = '', agent_uid: agentUid }: Partial<Receipt>,
  ): boolean {
    const command = this.#parts.orders.commandOf(id);
    if (command !== undefined) {
      const isOwn = command.tenant_id === of.tenantId && command.receivers.includes(of.receiver);
      return isOwn && command.target.agent_uid === agentUid;
    }
    const handed = this.#handed.get(agentKey(of.tenantId, of.receiver)) ?? [];
    return handed.some((one) => one.commandId === id && one.agentUid === agentUid);
  }

  async #collect(request: PollRequest, place: FeedPlace): Promise<HandedCommand[]> {
    const { log, orders, wallClock } = this.#parts;
    const nowMs = Date.parse(wallClock());
    const of = { log, orders, nowMs, ...request };
    const { commands, handed } = await collectCommands(of, place);
    const name = agentKey(request.tenantId, request.receiver);
    const all = [...(this.#handed.get(name) ?? []), ...handed];
    if (handed.length > 0) this.#handed.set(name, all.slice(-HANDED_MAX));
    return commands;
  }

  async #countArrived({ tenantId, receiver }: Receiving, place: FeedPlace) {
    const name = agentKey(tenantId, receiver);
    const handed = this.#handed.get(name) ?? [];
    const arrived = handed.filter((one) => isBehind(place, one));
    if (arrived.length === 0) return;
    this.#handed.set(
      name,
      handed.filter((one) => !arrived.includes(one)),
    );
    const at = this.#parts.wallClock();
    await this.#parts.log.append(
      arrived.map(({ commandId }) => {
        const delivery = { tenant_id: tenantId, command_id: commandId, receiver, at };
        const id = `delivery|${tenantId}|${commandId}|${receiver}`;
        return {
          topic: JOURNAL,
          partition: 0,
          key: null,
          value: ENCODER.encode(JSON.stringify({ kind: 'delivery', delivery })),
          headers: {
            [HEADERS.ceId]: uuidV5(WAYWARDEN_NAMESPACE, `journal|${id}`),
            [HEADERS.type]: 'event',
            [HEADERS.producedAt]: at,
          },
        };
      }),
    );
  }

  #nextRecord(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  async #within(ms: number, signal: AbortSignal, fresh?: Promise<void>): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done, { once: true });
      void fresh?.then(done);
    });
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}
