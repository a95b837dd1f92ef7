/** One log after the other; delivered before its place is stored. */
import { loadMappings } from '@waywarden/agent-telemetry';
import type { EventLog } from '@waywarden/event-log';
import { FormatReader } from '@waywarden/ingest';
import { type DeliverOptions, deliverRecords } from './deliver.ts';
import { newLines, type Piece, recordsOf, unreadFiles, wholeFile } from './log-files.ts';
import type { Positions } from './positions.ts';

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
