/** One log after the other; delivered before its place is stored. */

import { setTimeout as wait } from 'node:timers/promises';
import { loadMappings } from '@waywarden/agent-telemetry';
import type { EventLog } from '@waywarden/event-log';
import { FormatReader } from '@waywarden/ingest';
import { UsageError } from '../input/command-output.ts';
import type { Positions } from './log-files.ts';
import { newLines, type Piece, recordsOf, unreadFiles, wholeFile } from './log-files.ts';

const FIRST_WAIT_MS = 500;
const WAIT_MS_MAX = 30_000;
const REQUEST_MS_MAX = 60_000;
const CLAIMED_MAX = 300;

/** Hands records over until acknowledged; refusals are counted, never retried. */
interface DeliverOptions {
  readonly url: string;
  readonly token: string;
  readonly form: 'records' | 'events';
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
}

interface Delivered {
  readonly taken: number;
  readonly refused: number;
}

const ADDRESSES = {
  records: { path: '/v1/records', type: 'application/json' },
  events: { path: '/v1/events', type: 'application/x-ndjson' },
} as const;

function bodyOf(form: DeliverOptions['form'], records: readonly unknown[]): string {
  return form === 'records'
    ? JSON.stringify(records)
    : records.map((one) => JSON.stringify(one)).join('\n');
}

function refusedOf(answer: unknown): number {
  if (typeof answer !== 'object' || answer === null) return 0;
  const { rejected, dead_lettered: deadLettered } = { rejected: 0, dead_lettered: 0, ...answer };
  return Number(rejected) + Number(deadLettered);
}

async function once(records: readonly unknown[], options: DeliverOptions) {
  const { url, token, form, signal } = options;
  const { path, type } = ADDRESSES[form];
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': type },
    body: bodyOf(form, records),
    signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_MS_MAX)]),
  });
  const text = await response.text();
  return { status: response.status, text, after: Number(response.headers.get('retry-after')) };
}

/** UsageError: waiting won't help. */
async function deliverRecords(
  records: readonly unknown[],
  options: DeliverOptions,
): Promise<Delivered> {
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, WAIT_MS_MAX)) {
    const answer = await once(records, options).catch((cause: unknown) => {
      options.signal.throwIfAborted();
      const reason = cause instanceof Error ? cause.message : String(cause);
      return { status: 503, text: reason, after: 0 };
    });
    const { status, text, after } = answer;
    if (status < 300) {
      const refused = Math.min(records.length, refusedOf(JSON.parse(text === '' ? '{}' : text)));
      if (refused > 0)
        options.say(`${refused} records were not understood: ${text.slice(0, CLAIMED_MAX)}`);
      return { taken: records.length - refused, refused };
    }
    if (status === 401 || status === 403 || status === 404) {
      throw new UsageError(`${options.url} answers ${status}: ${text.slice(0, CLAIMED_MAX)}`);
    }
    if (status < 500 && status !== 429) {
      options.say(`${records.length} records were refused: ${text.slice(0, CLAIMED_MAX)}`);
      return { taken: 0, refused: records.length };
    }
    options.say(`waiting for ${options.url}: ${text.slice(0, CLAIMED_MAX)}`);
    await wait(after > 0 ? after * 1_000 : waitMs, undefined, { signal: options.signal });
  }
}

const BATCH_MAX = 500;
const TOPIC_READ_MAX = 500;

export interface Collected {
  taken: number;
  refused: number;
  cut: number;
}

export type CollectFormat = 'records' | 'events' | 'cloudtrail';

export class Collector {
  readonly collected: Collected = { taken: 0, refused: 0, cut: 0 };
  readonly #positions: Positions;
  readonly #options: Omit<DeliverOptions, 'form'>;
  readonly #format: CollectFormat;
  /** Which key a role was given, for example. */
  readonly #cloudtrail = new FormatReader('cloudtrail');
  #line = 0;

  constructor(positions: Positions, format: CollectFormat, options: Omit<DeliverOptions, 'form'>) {
    this.#positions = positions;
    this.#format = format;
    this.#options = options;
  }

  async file(path: string): Promise<void> {
    for (const piece of newLines(path, this.#positions)) await this.#deliver(piece);
  }

  async folder(path: string): Promise<void> {
    for (const file of unreadFiles(path, this.#positions)) {
      for await (const piece of wholeFile(file)) await this.#deliver(piece);
    }
  }

  /** `expired`: retention took it. */
  async topic(log: EventLog, topic: string): Promise<void> {
    const starts = await log.startOffsets(topic);
    for (const [partition, end] of (await log.endOffsets(topic)).entries()) {
      const name = `${topic}/${partition}`;
      let offset = Math.max(starts[partition] ?? 0, this.#positions.of(name)?.offset ?? 0);
      while (offset < end) {
        const records = await log.read(topic, partition, offset, TOPIC_READ_MAX);
        const last = records.at(-1);
        if (last === undefined) break;
        offset = last.offset + 1;
        const lines = records.flatMap(({ value }) =>
          value === null ? [] : [Buffer.from(value).toString('utf8')],
        );
        await this.#deliver({ name, lines, reached: { offset }, cut: 0 });
      }
    }
  }

  #read(line: string): readonly unknown[] {
    this.#line += 1;
    if (this.#format !== 'cloudtrail') return recordsOf(line, loadMappings());
    return recordsOf(line, loadMappings()).flatMap((record) =>
      this.#cloudtrail
        .read(JSON.stringify(record), this.#line)
        .map(({ input, problem }) => (problem === undefined ? input : record)),
    );
  }

  async #deliver({ name, lines, reached, cut }: Piece): Promise<void> {
    const records = lines.flatMap((line) => this.#read(line));
    const form = this.#format === 'records' ? 'records' : 'events';
    for (let at = 0; at < records.length; at += BATCH_MAX) {
      const batch = records.slice(at, at + BATCH_MAX);
      const { taken, refused } = await deliverRecords(batch, { ...this.#options, form });
      this.collected.taken += taken;
      this.collected.refused += refused;
    }
    if (cut > 0) this.#options.say(`${name}: a line of ${cut} bytes or more is left out`);
    this.collected.cut += cut;
    this.#positions.reach(name, reached);
  }
}
