/**
 * What the defining facts of attacks on behaviour are asked about: one label, its events, and what the
 * same agent did before. Facts are read from input events directly; no statistics, no learning.
 */
import {
  type ActorClass,
  type InputEvent,
  isCritical,
  isSensitive,
  type Policy,
  type Registry,
  SHIPPED_CLASSES,
} from '@waywarden/schemas';

/** An input event with its time as a number. */
export interface Reported {
  readonly event: InputEvent;
  readonly timeMs: number;
}

export interface Scene {
  readonly agent: string;
  /** What of the agent changed, where the family has variants. */
  readonly variant: string;
  readonly onsetMs: number;
  readonly endMs: number;
  /** The label's own events, in order of time. */
  readonly own: readonly Reported[];
  /** The same where a label is full: then all of the agent's events in the label's tasks. */
  readonly counted: readonly Reported[];
  /** What the agent itself was seen doing before the onset; heartbeats are no doing. */
  readonly past: readonly Reported[];
  /** All of the agent's events from onset to end, the label's own included. */
  readonly during: readonly Reported[];
  readonly all: readonly Reported[];
  /** Events of all labels of behaviour: no measure of what is usual. */
  readonly attacks: ReadonlySet<InputEvent>;
  readonly registry: Registry;
  readonly policy: Policy;
}

/** "One gateway's clock" may differ: times are compared with the policy's skew to spare. */
export const CLOCK_SLACK_MS = 120_000;

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** Every line, in order of arrival. */
export function linesOf(events: readonly InputEvent[]): readonly Reported[] {
  return events.map((event) => ({ event, timeMs: Date.parse(event.event_time) }));
}

export function reportedOf(events: readonly InputEvent[]): readonly Reported[] {
  const seen = new Set<string>();
  return linesOf(events)
    .filter(({ event }) => {
      const key = `${event.agent.uid} ${event.native_id} ${event.phase ?? 'completed'}`;
      const isNew = event.native_id === undefined || !seen.has(key);
      seen.add(key);
      return isNew;
    })
    .sort((a, b) => a.timeMs - b.timeMs);
}

export function isCall({ event }: Reported): boolean {
  return !['heartbeat', 'config_change', 'identity_resolved'].includes(event.activity);
}

export function symbolsOf({ event }: Reported): readonly string[] {
  return (event.capabilities ?? []).map((claim) => claim.symbol);
}

/** An effect on the world: neither a read nor unknown, and it took place. */
export function isEffect(told: Reported): boolean {
  const { effect, outcome } = told.event;
  return effect !== undefined && !['read', 'unknown'].includes(effect) && outcome === 'success';
}

export function byHuman({ event }: Reported): boolean {
  return event.approval?.mode === 'human' && event.approval.by !== undefined;
}

/** "A draft is an effect on an object that only the person sees" (governance). */
function isUnsent({ event }: Reported): boolean {
  const { target, principal } = event;
  if (target?.resource_type === 'draft') return true;
  return target?.owner_uid !== undefined && target.owner_uid === principal?.uid;
}

export function classOf(agent: string, registry: Registry): ActorClass {
  return registry.agents.find((one) => one.uid === agent)?.class ?? 'unknown';
}

/** The column "approval" of the class table, for one call. */
export function needsHuman(told: Reported, registry: Registry): boolean {
  const scope = SHIPPED_CLASSES[classOf(told.event.agent.uid, registry)].approval_for;
  if (scope === 'effects') return isEffect(told) && !isUnsent(told);
  if (scope === 'sensitive') return isEffect(told) && symbolsOf(told).some(isSensitive);
  return scope === 'critical' && isEffect(told) && symbolsOf(told).some(isCritical);
}

/** The largest sum of `amount` over the events of any window of this length. */
export function mostIn(
  events: readonly Reported[],
  lengthMs: number,
  amount: (told: Reported) => number,
): number {
  let most = 0;
  let sum = 0;
  let first = 0;
  for (const told of events) {
    sum += amount(told);
    for (let head = events[first]; head && head.timeMs < told.timeMs - lengthMs; ) {
      sum -= amount(head);
      first += 1;
      head = events[first];
    }
    most = Math.max(most, sum);
  }
  return most;
}

function numberIn(features: Readonly<Record<string, unknown>> | undefined, key: string): number {
  const value = features?.[key];
  return typeof value === 'number' ? value : 0;
}

function memberNumber(given: unknown, key: string): number {
  if (typeof given !== 'object' || given === null) return 0;
  const value = new Map(Object.entries(given)).get(key);
  return typeof value === 'number' ? value : 0;
}

/** What a call took: named amounts, each of which may be the one that an attack lets grow. */
export const AMOUNTS: Readonly<Record<string, (told: Reported) => number>> = {
  calls: () => 1,
  records: ({ event }) =>
    Math.max(
      numberIn(event.args?.features, 'records'),
      numberIn(event.result?.features, 'records'),
    ),
  tokens: ({ event }) =>
    memberNumber(event.model, 'tokens_in') + memberNumber(event.model, 'tokens_out'),
  bytes: ({ event }) =>
    (event.result?.size ?? JSON.stringify(event.result?.value ?? '').length) +
    (event.args?.size ?? JSON.stringify(event.args?.value ?? '').length),
  time: ({ event }) => event.duration_ms ?? 0,
};
