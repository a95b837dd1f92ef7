/** What the pipeline concludes, from the log and never the script. */
import type { EventLog, LogRecord, Reader } from '@waywarden/event-log';
import {
  type Alert,
  type Decision,
  HEADERS,
  type Receipt,
  type RevocationCommand,
  TOPICS,
} from '@waywarden/schemas';

const DECODER = new TextDecoder();
const STORED_MAX = 1_000;

interface Conclusions {
  readonly alert: Alert;
  readonly decision: Decision;
  readonly command: RevocationCommand;
  readonly receipt: Receipt;
}
type Kind = keyof Conclusions;

export interface WatchedOutcome<K extends Kind> {
  readonly value: Conclusions[K];
  readonly atMs: number;
}

class Stored<K extends Kind> {
  readonly all: WatchedOutcome<K>[] = [];
  readonly #waiting = new Set<(outcome: WatchedOutcome<K>) => void>();

  take(outcome: WatchedOutcome<K>): void {
    this.all.push(outcome);
    if (this.all.length > STORED_MAX) this.all.shift();
    for (const look of [...this.#waiting]) look(outcome);
  }

  next(
    fits: (value: Conclusions[K]) => boolean,
    patienceMs: number,
  ): Promise<WatchedOutcome<K> | undefined> {
    return new Promise((resolve) => {
      const end = (found: WatchedOutcome<K> | undefined) => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(found);
      };
      const look = (one: WatchedOutcome<K>) => {
        if (fits(one.value)) end(one);
      };
      const timer = setTimeout(() => end(undefined), patienceMs);
      this.#waiting.add(look);
    });
  }
}

export class OutcomeWatch {
  readonly #stored: { readonly [K in Kind]: Stored<K> } = {
    alert: new Stored<'alert'>(),
    decision: new Stored<'decision'>(),
    command: new Stored<'command'>(),
    receipt: new Stored<'receipt'>(),
  };
  readonly #byTopic: ReadonlyMap<string, (value: string, atMs: number) => void>;
  readonly #nowMs: () => number;
  #reader: Reader | undefined;
  #running: Promise<void> | undefined;

  private constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    const into =
      <K extends Kind>(retained: Stored<K>) =>
      (text: string, atMs: number) =>
        retained.take({ value: JSON.parse(text), atMs });
    this.#byTopic = new Map([
      [TOPICS.alerts.name, into(this.#stored.alert)],
      [TOPICS.decisions.name, into(this.#stored.decision)],
      [TOPICS.revocationCommands.name, into(this.#stored.command)],
      [TOPICS.revocationReceipts.name, into(this.#stored.receipt)],
    ]);
  }

  static async start(log: EventLog, nowMs: () => number): Promise<OutcomeWatch> {
    const watch = new OutcomeWatch(nowMs);
    const topics = [...watch.#byTopic.keys()];
    const starts = new Map<string, readonly number[]>();
    for (const topic of topics) starts.set(topic, await log.startOffsets(topic));
    const reader = log.reader({
      group: 'demo-story',
      topics,
      startAt: ({ name }, partition) => starts.get(name)?.[partition] ?? 0,
    });
    watch.#reader = reader;
    watch.#running = reader.run(async ({ records }) => {
      for (const record of records) watch.#take(record);
    });
    watch.#running.catch(() => undefined);
    return watch;
  }

  /** Undefined after `patienceMs`. */
  async seen<K extends Kind>(
    kind: K,
    fits: (value: Conclusions[K]) => boolean,
    patienceMs: number,
  ): Promise<WatchedOutcome<K> | undefined> {
    const retained: Stored<K> = this.#stored[kind];
    return retained.all.find((one) => fits(one.value)) ?? retained.next(fits, patienceMs);
  }

  all<K extends Kind>(kind: K): readonly WatchedOutcome<K>[] {
    return this.#stored[kind].all;
  }

  async stop(): Promise<void> {
    await this.#reader?.stop();
    await this.#running?.catch(() => undefined);
  }

  #take({ topic, value, headers }: LogRecord): void {
    if (value === null || headers[HEADERS.type] !== 'event') return;
    this.#byTopic.get(topic)?.(DECODER.decode(value), this.#nowMs());
  }
}
