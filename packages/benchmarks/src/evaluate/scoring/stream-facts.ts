/**
 * What the events of a stream say without any label: which runs of which workflow there were, on how
 * many days each agent acted, and when labelled agents acted. Fed one event at a time; holds runs,
 * agents and days, and of the
 * events only those that are asked for.
 */
import { epochMs } from '@waywarden/schemas';
import { z } from 'zod';

/** Runs held of one stream; a longer one is refused rather than scored in part. */
export const RUNS_MAX = 5_000_000;

const DAY_MS = 86_400_000;
/** A sign of life is no act: neither a gateway's, nor that of an agent on its day off. */
const HEARTBEAT = 'heartbeat';
/** Work without a workflow is counted under this name. */
const NO_WORKFLOW = '(none)';

export const streamEvent = z.object({
  native_id: z.string(),
  event_time: z.iso.datetime({ offset: true }),
  activity: z.string().optional(),
  agent: z.object({ uid: z.string() }),
  task: z.object({ id: z.string().optional(), workflow: z.string().optional() }).optional(),
  target: z.object({ resource_id: z.string().optional() }).optional(),
});
export type StreamEvent = z.infer<typeof streamEvent>;

/** Where and when an event happened. */
export interface EventPlace {
  readonly workflow: string;
  readonly taskId: string;
  readonly agentUid: string;
  readonly atMs: number;
  /** What it acted on, as the call names it. */
  readonly thing: string | undefined;
}

export interface Wanted {
  /** Events whose place must be known afterwards. */
  readonly nativeIds: ReadonlySet<string>;
  /** Agents of which every time must be known. */
  readonly agents: ReadonlySet<string>;
}

export class StreamFacts {
  readonly #wanted: Wanted;
  readonly #workflowOf = new Map<string, string>();
  readonly #days = new Map<string, Set<number>>();
  readonly #times = new Map<string, Map<string, number>>();
  readonly #places = new Map<string, EventPlace>();
  events = 0;

  constructor(wanted: Wanted) {
    this.#wanted = wanted;
  }

  add(event: StreamEvent): void {
    this.events++;
    const at = epochMs(event.event_time);
    const { uid } = event.agent;
    const taskId = event.task?.id ?? `${uid}/${Math.floor(at / DAY_MS)}`;
    const workflow = event.task?.workflow ?? NO_WORKFLOW;
    if (!this.#workflowOf.has(taskId)) this.#workflowOf.set(taskId, workflow);
    if (event.activity !== HEARTBEAT) this.#actedOn(uid, Math.floor(at / DAY_MS));
    if (this.#wanted.nativeIds.has(event.native_id)) {
      const thing = event.target?.resource_id;
      this.#places.set(event.native_id, { workflow, taskId, agentUid: uid, atMs: at, thing });
    }
    if (!this.#wanted.agents.has(uid)) return;
    const times = this.#times.get(uid);
    if (times === undefined) this.#times.set(uid, new Map([[event.native_id, at]]));
    else times.set(event.native_id, at);
  }

  #actedOn(uid: string, day: number): void {
    const days = this.#days.get(uid);
    if (days === undefined) this.#days.set(uid, new Set([day]));
    else days.add(day);
  }

  /** Of a wanted event; undefined when the stream has no such event. */
  placeOf(nativeId: string): EventPlace | undefined {
    return this.#places.get(nativeId);
  }

  /** Wanted events that the stream does not have: labels or alerts of another stream name such. */
  get missing(): number {
    return this.#wanted.nativeIds.size - this.#places.size;
  }

  get runCount(): number {
    return this.#workflowOf.size;
  }

  /** [run, workflow] of every run. */
  runs(): IterableIterator<[string, string]> {
    return this.#workflowOf.entries();
  }

  /** Every agent that acted, sorted. */
  agents(): readonly string[] {
    return [...this.#days.keys()].sort();
  }

  /** On how many days (UTC) an agent acted, in [from, to] when given. */
  daysOf(agent: string, fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY) {
    const [first, last] = [Math.floor(fromMs / DAY_MS), Math.floor(toMs / DAY_MS)];
    let count = 0;
    for (const day of this.#days.get(agent) ?? []) if (day >= first && day <= last) count++;
    return count;
  }

  /** How many events a wanted agent had in [from, to]; one that was told twice is one. */
  eventsOf(agent: string, fromMs: number, toMs: number): number {
    let count = 0;
    for (const at of this.#times.get(agent)?.values() ?? [])
      if (at >= fromMs && at <= toMs) count++;
    return count;
  }
}
