/**
 * Whether stages keep up: records to decide, age of the oldest, waits for others. Beyond a bound
 * each speaks against readiness. Age counts from when this process saw the record.
 */
import type { EventLog } from '@waywarden/event-log';
import type { StageEvents } from '@waywarden/stage';
import type { Logger } from 'pino';
import { LOG_UNAVAILABLE, type ServiceHealth, TopicEnds } from './health-server.ts';
import type { ReadinessProblem } from './readiness.ts';
import { stageCounters } from './stage-events.ts';

/**
 * For how long the oldest undecided record of a stage has waited, from looks at the partitions'
 * ends.
 */
interface SeenEnd {
  readonly end: number;
  readonly atMs: number;
}

interface Partition {
  /** Ends not passed yet, the oldest first. */
  ends: readonly SeenEnd[];
  next: number;
  /** When `next` last moved on, or there was nothing to do. */
  movedMs: number;
}

interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly next: number;
}

/** Ends remembered of a partition; of more, every second one is forgotten. */
const SEEN_ENDS_MAX = 240;

function thinned(ends: readonly SeenEnd[]): readonly SeenEnd[] {
  return ends.length <= SEEN_ENDS_MAX ? ends : ends.filter((_, at) => at % 2 === 0);
}

class PartitionAges {
  #partitions = new Map<string, Partition>();
  #lag = 0;

  /** Records to be decided, at the last look. */
  get lag(): number {
    return this.#lag;
  }

  look(
    places: readonly Place[],
    endOf: (topic: string, partition: number) => number,
    nowMs: number,
  ): void {
    const partitions = new Map<string, Partition>();
    this.#lag = 0;
    for (const { topic, partition, next } of places) {
      const key = `${topic}/${partition}`;
      const end = endOf(topic, partition);
      const before = this.#partitions.get(key);
      const ends = (before?.ends ?? []).filter((seen) => seen.end > next);
      const isNew = end > next && end > (ends.at(-1)?.end ?? 0);
      const hasMoved = before === undefined || next > before.next || before.ends.length === 0;
      this.#lag += Math.max(0, end - next);
      partitions.set(key, {
        ends: thinned(isNew ? [...ends, { end, atMs: nowMs }] : ends),
        next,
        movedMs: hasMoved ? nowMs : before.movedMs,
      });
    }
    this.#partitions = partitions;
  }

  oldestMs(nowMs: number): number {
    const oldest = [...this.#partitions.values()].map(({ ends: [first] }) => first?.atMs ?? nowMs);
    return Math.max(0, nowMs - Math.min(nowMs, ...oldest));
  }

  /** For how long the stage has not moved on in the partition that is longest at rest with work to do. */
  stillMs(nowMs: number): number {
    const still = [...this.#partitions.values()]
      .filter(({ ends }) => ends.length > 0)
      .map(({ movedMs }) => nowMs - movedMs);
    return Math.max(0, ...still);
  }
}

/** A record that has waited for so long, in seconds, is a stage that does not do its work. */
const UNDECIDED_S_MAX = 6;
/** A wait for other stages that lasts so long, in milliseconds, is reported. */
const WAIT_MS_MAX = 5_000;

export interface PartitionPosition {
  readonly topic: string;
  readonly partition: number;
  /** The next offset to be decided. */
  readonly next: number;
}

/** A stage of the runner, or who works like one. */
export interface Workload {
  readonly name: string;
  readonly topics: readonly string[];
  /** Of the partitions that this process has. */
  positions(): readonly PartitionPosition[];
  history?(): readonly unknown[];
}

export interface StageMonitorOptions extends ServiceHealth {
  readonly logger: Logger;
  readonly nowMs?: () => number;
}

interface Followed {
  readonly workload: Workload;
  readonly ages: PartitionAges;
  assigned: string;
  partitions: number;
}

/** Before the first assignment, while a group does not come together, and where others have all of them. */
function unassigned(name: string): ReadinessProblem {
  const sentence = `${name} has no partition: it reads nothing.`;
  return { reason: 'unassigned', sentence };
}

const seconds = (ms: number) => Math.round(ms / 100) / 10;

/** `responder-intake` is known as the wait `intake`. */
const waitName = (stage: string) => stage.replace(/^(?:responder|detector)-/, '');

export class StageMonitor {
  /** For the stages' options; they may run before they are followed. */
  readonly events: StageEvents;
  readonly #options: StageMonitorOptions;
  readonly #nowMs: () => number;
  readonly #followed: Followed[] = [];
  readonly #waits = new Map<string, { readonly sinceMs: number; reported: boolean }>();
  readonly #awaited: ((stage: string) => readonly string[])[] = [];

  constructor(options: StageMonitorOptions) {
    this.#options = options;
    this.#nowMs = options.nowMs ?? (() => Date.now());
    this.events = {
      ...stageCounters(options.metrics),
      waitBegan: ({ stage }) => {
        if (!this.#waits.has(stage)) {
          this.#waits.set(stage, { sinceMs: this.#nowMs(), reported: false });
        }
      },
      waitEnded: ({ stage }) => this.#waitEnded(stage),
    };
    this.#observe();
    options.readiness.check('waits', () => this.#longestWait());
  }

  /** From now on they are looked at whenever readiness is. */
  follow(
    log: Pick<EventLog, 'endOffsets'>,
    workloads: readonly Workload[],
    awaited: (stage: string) => readonly string[] = () => [],
  ): void {
    this.#awaited.push(awaited);
    const topicEnds = new TopicEnds(log);
    for (const workload of workloads) {
      const followed = { workload, ages: new PartitionAges(), assigned: '', partitions: 0 };
      this.#followed.push(followed);
      this.#options.readiness.check(workload.name, () => this.#look(topicEnds, followed));
    }
  }

  async #look(topicEnds: TopicEnds, followed: Followed): Promise<ReadinessProblem | undefined> {
    const { workload, ages } = followed;
    const places = workload.positions();
    const ends = await topicEnds.of(workload.topics);
    if (ends === undefined) {
      return LOG_UNAVAILABLE;
    }
    followed.partitions = [...ends.values()].reduce((sum, { length }) => sum + length, 0);
    this.#reportAssignment(followed, places);
    if (places.length === 0) return unassigned(workload.name);
    ages.look(places, (topic, partition) => ends.get(topic)?.[partition] ?? 0, this.#nowMs());
    const age = ages.oldestMs(this.#nowMs());
    if (age / 1000 <= UNDECIDED_S_MAX) return undefined;
    const still = ages.stillMs(this.#nowMs());
    const isStalled = still / 1000 > UNDECIDED_S_MAX;
    const records = `${ages.lag} ${ages.lag === 1 ? 'record' : 'records'}`;
    const wait = ages.lag === 1 ? 'waits' : 'wait';
    return isStalled
      ? {
          reason: 'stalled',
          sinceMs: this.#nowMs() - still,
          sentence: `${workload.name} has decided nothing for ${seconds(still)} s, and ${records} ${wait} for it.`,
        }
      : {
          reason: 'behind',
          sinceMs: this.#nowMs() - age,
          sentence: `${workload.name} is behind by ${seconds(age)} s (${records}). Nothing is lost; what follows from them comes late.`,
        };
  }

  #reportAssignment(followed: Followed, places: readonly PartitionPosition[]): void {
    const names = places.map(({ topic, partition }) => `${topic}/${partition}`).sort();
    const assigned = names.join(', ');
    if (assigned === followed.assigned) return;
    followed.assigned = assigned;
    const info = { stage: followed.workload.name, partitions: names };
    this.#options.logger.info(info, 'partitions assigned');
  }

  #longestWait(): ReadinessProblem | undefined {
    const { logger } = this.#options;
    const [first] = [...this.#waits].sort(([, a], [, b]) => a.sinceMs - b.sinceMs);
    if (first === undefined) return undefined;
    const [stage, wait] = first;
    const ms = this.#nowMs() - wait.sinceMs;
    if (ms < WAIT_MS_MAX) return undefined;
    const sentence = this.#waitSentence(stage, ms);
    if (!wait.reported) logger.warn({ stage, wait_s: seconds(ms) }, sentence);
    wait.reported = true;
    return { reason: `${waitName(stage)}_waits`, sentence, sinceMs: wait.sinceMs };
  }

  #waitSentence(stage: string, ms: number): string {
    const topics = this.#awaited.flatMap((awaited) => awaited(stage));
    const whom = topics.length === 0 ? 'other stages' : `the readers of ${topics.join(' and ')}`;
    return `${stage} has been waiting for ${whom} for ${seconds(ms)} s: until then it decides nothing.`;
  }

  #waitEnded(stage: string): void {
    const wait = this.#waits.get(stage);
    this.#waits.delete(stage);
    if (wait?.reported !== true) return;
    const ms = this.#nowMs() - wait.sinceMs;
    this.#options.logger.info({ stage, wait_s: seconds(ms) }, `${stage} goes on`);
  }

  #observe(): void {
    const { metrics } = this.#options;
    const each = (value: (one: Followed) => number) => () =>
      this.#followed.map((one) => ({ labels: { stage: one.workload.name }, value: value(one) }));
    metrics.observe(
      'waywarden_stage_lag_records',
      each(({ ages }) => ages.lag),
    );
    metrics.observe(
      'waywarden_stage_oldest_undecided_age_seconds',
      each(({ ages }) => ages.oldestMs(this.#nowMs()) / 1000),
    );
    metrics.observe(
      'waywarden_stage_partitions',
      each(({ workload }) => workload.positions().length),
    );
    metrics.observe(
      'waywarden_stage_topic_partitions',
      each(({ partitions }) => partitions),
    );
    metrics.observe(
      'waywarden_stage_history_gaps',
      each(({ workload }) => workload.history?.().length ?? 0),
    );
    metrics.observe('waywarden_wait_seconds', () => {
      const waiting = new Map(this.#followed.map(({ workload }) => [workload.name, 0]));
      for (const [stage, { sinceMs }] of this.#waits) {
        waiting.set(stage, (this.#nowMs() - sinceMs) / 1000);
      }
      return [...waiting].map(([stage, value]) => ({ labels: { wait: waitName(stage) }, value }));
    });
  }
}
