/**
 * Holds observations until all of their group (trace, session, call id) likely came, then concludes its calls.
 * Bounded; late ones are counted.
 */

import { concludeGroup, ServiceAgents } from './join/conclude.ts';
import type { ConcludedCall } from './join/reported-calls.ts';
import { ReportedCallIds } from './join/reported-calls.ts';
import { CLIMB_MAX, spanKey } from './join/span-tree.ts';
import type { Call } from './model/call.ts';
import type { Observation } from './model/observation.ts';

const LOOKED_OFTEN_MAX = 2_000;

export interface JoinOptions {
  /** Concluded after so long without news and without a missing parent. */
  readonly quietMs: number;
  /** After its first. */
  readonly waitMsMax: number;
  /** Beyond it the oldest group is concluded early. */
  readonly observationsMax: number;
}

export interface JoinCounts {
  readonly inHand: number;
  readonly concluded: number;
  /** Concluded early: the buffer was full. */
  readonly evicted: number;
  readonly late: number;
  readonly unresolved: Readonly<Record<string, number>>;
}

interface Group {
  readonly keys: Set<string>;
  observations: Observation[];
  firstMs: number;
  lastMs: number;
  /** Undefined: to be looked at. */
  isOpen: boolean | undefined;
  lookedMs: number;
  readonly reported: Set<string>;
}

/** Its span's parent did not come yet. */
function isOpen(observations: readonly Observation[]): boolean {
  const nodes = new Map<string, Observation>();
  for (const one of observations) {
    const key = spanKey(one);
    if (key !== undefined && one.channel === 'span') nodes.set(key, one);
  }
  const isUnnamed = ({ call, channel, agent, label }: Observation) =>
    call !== undefined && channel === 'span' && agent === undefined && label === undefined;
  return observations.some((one) => isUnnamed(one) && isHanging(one, nodes));
}

/** Large groups are looked at more rarely. */
function pauseOf({ observations }: Group, quietMs: number): number {
  return quietMs * (1 + Math.floor(observations.length / LOOKED_OFTEN_MAX));
}

function isFinished({ call, seen }: ConcludedCall): boolean {
  const isMade = seen.some(
    ({ channel, call: one }) => channel !== 'message' && one?.stage === 'executed',
  );
  const isEnded = call.outcome !== 'pending' && call.outcome !== 'unknown';
  const waits = call.unresolved.includes('parent_missing') && call.agentSource !== 'run';
  return isMade && isEnded && !waits;
}

function isHanging(one: Observation, nodes: ReadonlyMap<string, Observation>): boolean {
  let at: Observation | undefined = one;
  for (let steps = 0; at !== undefined && steps < CLIMB_MAX; steps += 1) {
    if (at.isAgentRun === true || at.place?.parent === undefined) return false;
    at = nodes.get(`${at.place.trace}|${at.place.parent}`);
  }
  return at === undefined;
}

function keysOf({ place, threads, call }: Observation): readonly string[] {
  const keys = (threads ?? []).map((thread) => `thread:${thread}`);
  if (place !== undefined && place.trace !== '') keys.push(`trace:${place.trace}`);
  if (call?.callId !== undefined) keys.push(`call:${call.callId}`);
  return keys;
}

export class CallJoin {
  readonly #options: JoinOptions;
  readonly #groups = new Set<Group>();
  readonly #byKey = new Map<string, Group>();
  readonly #reported = new ReportedCallIds();
  readonly #arrived = new WeakMap<Observation, number>();
  readonly #ready: Call[] = [];
  readonly #agents = new ServiceAgents();
  readonly #unresolved: Record<string, number> = {};
  #nowMs = 0;
  #inHand = 0;
  #concluded = 0;
  #evicted = 0;
  #late = 0;

  constructor(options: JoinOptions) {
    this.#options = options;
  }

  /** `nowMs`: our clock, never back. */
  add(observations: readonly Observation[], nowMs: number): void {
    this.#nowMs = nowMs;
    for (const one of observations) {
      const group = this.#groupOf(keysOf(one), nowMs);
      group.observations.push(one);
      group.lastMs = nowMs;
      group.isOpen = undefined;
      this.#agents.note(one);
      this.#arrived.set(one, nowMs);
      this.#inHand += 1;
    }
    while (this.#inHand > this.#options.observationsMax) {
      const [oldest] = this.#groups;
      if (oldest === undefined) break;
      this.#evicted += 1;
      this.#conclude(oldest);
    }
  }

  /** Groups with common keys become one. */
  #groupOf(keys: readonly string[], nowMs: number): Group {
    const found = new Set(keys.flatMap((key) => this.#byKey.get(key) ?? []));
    const [first, ...others] = [...found].sort(
      (a, b) => b.observations.length - a.observations.length,
    );
    const group = first ?? {
      keys: new Set(),
      observations: [],
      firstMs: nowMs,
      lastMs: nowMs,
      isOpen: undefined,
      lookedMs: nowMs,
      reported: new Set(),
    };
    this.#groups.add(group);
    for (const other of others) {
      for (const one of other.observations) group.observations.push(one);
      group.firstMs = Math.min(group.firstMs, other.firstMs);
      for (const id of other.reported) group.reported.add(id);
      this.#groups.delete(other);
      for (const key of other.keys) this.#own(group, key);
    }
    for (const key of keys) this.#own(group, key);
    return group;
  }

  #own(group: Group, key: string): void {
    group.keys.add(key);
    this.#byKey.set(key, group);
  }

  #conclude(group: Group): void {
    this.#groups.delete(group);
    for (const key of group.keys) this.#byKey.delete(key);
    this.#inHand -= group.observations.length;
    for (const one of concludeGroup(group.observations, this.#agents)) this.#report(one, group);
  }

  /** While a group goes on. */
  #reportFinished(group: Group, nowMs: number): void {
    group.lookedMs = nowMs;
    const { quietMs } = this.#options;
    for (const one of concludeGroup(group.observations, this.#agents)) {
      const isQuiet = one.seen.every((seen) => nowMs - (this.#arrived.get(seen) ?? 0) >= quietMs);
      if (isQuiet && isFinished(one)) this.#report(one, group);
    }
  }

  #report(one: ConcludedCall, group: Group): void {
    if (group.reported.has(one.call.id)) return;
    const id = this.#reported.take(one, this.#nowMs);
    if (id === undefined) {
      this.#late += 1;
      return;
    }
    group.reported.add(one.call.id);
    this.#concluded += 1;
    for (const reason of one.call.unresolved) {
      this.#unresolved[reason] = (this.#unresolved[reason] ?? 0) + 1;
    }
    this.#ready.push({ ...one.call, id });
  }

  #take(): readonly Call[] {
    return this.#ready.splice(0).sort((one, other) => one.at - other.at);
  }

  /** In order of start. */
  warmedUp(nowMs: number): readonly Call[] {
    this.#nowMs = nowMs;
    const { quietMs, waitMsMax } = this.#options;
    for (const group of [...this.#groups]) {
      const isQuiet = nowMs - group.lastMs >= quietMs;
      if (isQuiet) group.isOpen ??= isOpen(group.observations);
      const isOver = isQuiet && group.isOpen === false;
      if (isOver || nowMs - group.firstMs >= waitMsMax) this.#conclude(group);
      else if (nowMs - group.lookedMs >= pauseOf(group, quietMs))
        this.#reportFinished(group, nowMs);
    }
    return this.#take();
  }

  /** Everything that is held, at the end. */
  flush(): readonly Call[] {
    for (const group of [...this.#groups]) this.#conclude(group);
    return this.#take();
  }

  get counts(): JoinCounts {
    return {
      inHand: this.#inHand,
      concluded: this.#concluded,
      evicted: this.#evicted,
      late: this.#late,
      unresolved: this.#unresolved,
    };
  }
}
