/**
 * Where the time from a call to its receipt goes: when the records that it leads to can be read from
 * the log, hop by hop. What a hop takes is deciding, waiting for its turn, and one flush of the log.
 *
 * By what a reader sees, not by the times in the records: a record counts from when others have it.
 */
import type { EventLog, LogRecord, Reader } from '@waywarden/event-log';
import { TOPICS } from '@waywarden/schemas';

/** Median, 99th percentile and the worst of some measurements, by nearest rank. */
export interface Percentiles {
  readonly n: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

const rounded = (ms: number) => Math.round(ms * 10) / 10;

/** All 0 when nothing was measured, which `n` says. */
export function percentilesOf(values: readonly number[]): Percentiles {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) =>
    rounded(sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0);
  return { n: sorted.length, p50: at(0.5), p99: at(0.99), max: rounded(sorted.at(-1) ?? 0) };
}

const PLACES = ['due', 'taken', 'alert', 'journal', 'order', 'receipt'] as const;
type Place = (typeof PLACES)[number];

/** Each from the place before it. */
const HOP_NAMES: readonly (readonly [Place, Place, string])[] = [
  ['due', 'taken', 'call taken (ingest)'],
  ['taken', 'alert', 'alert (detector, profile stage)'],
  ['alert', 'journal', 'alert in the journal (responder, intake)'],
  ['journal', 'order', 'order (responder, response)'],
  ['order', 'receipt', 'receipt (receiver)'],
];

export interface Hop {
  readonly name: string;
  readonly ms: Percentiles;
}

interface AlertValue {
  readonly kind?: string;
  readonly subject?: { readonly task_id?: string };
}

/** What is looked at in a record of any of the topics. */
interface Seen extends AlertValue {
  readonly alert?: AlertValue;
  readonly command_id?: string;
  readonly target?: { readonly task_id?: string };
}

function seenIn({ decoded, value }: LogRecord): Seen {
  return (decoded ?? JSON.parse(Buffer.from(value ?? []).toString() || '{}')) as Seen;
}

export class HopWatch {
  /** By task, when something of it was first seen at each place. */
  readonly #seen = new Map<string, Partial<Record<Place, number>>>();
  readonly #taskOf = new Map<string, string>();
  readonly #readers: readonly Reader[];

  constructor(log: EventLog) {
    this.#readers = [
      this.#follow(log, TOPICS.alerts.name, 'alert', ({ subject }) => subject?.task_id),
      this.#follow(log, TOPICS.responseJournal.name, 'journal', (v) => v.alert?.subject?.task_id),
      this.#follow(log, TOPICS.revocationCommands.name, 'order', (value) => this.#ordered(value)),
      this.#follow(log, TOPICS.revocationReceipts.name, 'receipt', ({ command_id: id }) =>
        this.#taskOf.get(id ?? ''),
      ),
    ];
  }

  /** The call that completes the story of `task` was due then. */
  due(task: string, atMs: number): void {
    this.#seen.set(task, { due: atMs });
  }

  note(task: string, place: Place): void {
    const times = this.#seen.get(task);
    if (times !== undefined) times[place] ??= performance.now();
  }

  /** How many tasks have come so far. */
  count(place: Place): number {
    return [...this.#seen.values()].filter((times) => times[place] !== undefined).length;
  }

  between(from: Place, to: Place): Percentiles {
    const found: number[] = [];
    for (const times of this.#seen.values()) {
      const [begin, end] = [times[from], times[to]];
      if (begin !== undefined && end !== undefined) found.push(end - begin);
    }
    return percentilesOf(found);
  }

  hops(): readonly Hop[] {
    return HOP_NAMES.map(([from, to, name]) => ({ name, ms: this.between(from, to) }));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#readers.map((one) => one.stop()));
  }

  #ordered({ command_id: id, target }: Seen): string | undefined {
    if (id !== undefined && target?.task_id !== undefined) this.#taskOf.set(id, target.task_id);
    return target?.task_id;
  }

  #follow(
    log: EventLog,
    topic: string,
    place: Place,
    taskOf: (value: Seen) => string | undefined,
  ): Reader {
    const reader = log.reader({ group: `bench-${topic}`, topics: [topic], startAt: () => 0 });
    reader
      .run(async ({ records }) => {
        for (const record of records) {
          const task = taskOf(seenIn(record));
          if (task !== undefined) this.note(task, place);
        }
      })
      .catch(() => undefined);
    return reader;
  }
}
