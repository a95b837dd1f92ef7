/** Concluded calls; later observations are late, unless tool, arguments or time make it another call. */

import { createHash } from 'node:crypto';
import { RecentMap } from '../json/recent-map.ts';
import type { Call } from '../model/call.ts';
import type { Observation } from '../model/observation.ts';
import { CLOCKS_APART_MS } from './cluster.ts';
import { spanKey } from './span-tree.ts';
import { argumentKey, fullest, isSameTool } from './values.ts';

const ID_LENGTH = 32;

/** Ids of calls, stable whatever was seen so far. */
export interface ConcludedCall {
  readonly call: Call;
  readonly seen: readonly Observation[];
}

function digest(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, ID_LENGTH);
}

function earliestTrace(seen: readonly Observation[]): string | undefined {
  const placed = seen.filter(({ place }) => place !== undefined);
  placed.sort(
    (one, other) => (one.at ?? 0) - (other.at ?? 0) || (orderKey(one) < orderKey(other) ? -1 : 1),
  );
  return placed[0]?.place?.trace;
}

/** Id within its session, else span, else content. */
function identityOf(seen: readonly Observation[]): readonly unknown[] {
  const callId = first(seen, ({ call }) => call?.callId);
  const session = first(seen, (one) => one.session);
  if (callId !== undefined) return ['id', callId, session ?? earliestTrace(seen)];
  const span = first(seen, (one) => (one.call?.stage === 'executed' ? spanKey(one) : undefined));
  if (span !== undefined) return ['span', span];
  const tool = first(seen, ({ call }) => (call?.tool === '' ? undefined : call?.tool));
  return ['what', session, tool, argumentKey(argumentsOf(seen))];
}

/** By order. */
export function identified(all: readonly ConcludedCall[]): readonly ConcludedCall[] {
  const counts = new Map<string, number>();
  return all.map(({ call, seen }) => {
    const identity = identityOf(seen);
    const key = JSON.stringify(identity);
    const ordinal = counts.get(key) ?? 0;
    counts.set(key, ordinal + 1);
    const phase = call.outcome === 'pending' ? 'requested' : 'completed';
    const id = digest(ordinal === 0 ? identity : [...identity, ordinal]);
    return { call: { ...call, id: `${id}-${phase}` }, seen };
  });
}

export function sortKey({ call, seen }: ConcludedCall): string {
  return `${JSON.stringify(identityOf(seen))}|${argumentKey(call.args)}`;
}

/** Observations of one call, most believed first. */
function orderKey(one: Observation): string {
  const { place, call, channel } = one;
  return [
    place?.trace,
    place?.span,
    channel,
    call?.stage,
    call?.callId,
    call?.tool,
    argumentKey(call?.args),
    call?.outcome,
  ].join('|');
}

export function canonical(observations: readonly Observation[]): readonly Observation[] {
  const keyed = observations.map((one) => ({ one, key: orderKey(one) }));
  keyed.sort(
    (a, b) => (a.one.at ?? 0) - (b.one.at ?? 0) || (a.key < b.key ? -1 : Number(a.key > b.key)),
  );
  return keyed.map(({ one }) => one);
}

export function spansFirst(observations: readonly Observation[]): readonly Observation[] {
  const rank = ({ channel, call }: Observation) =>
    (call?.stage === 'executed' ? 0 : 10) +
    ['span', 'log', 'hook', 'wire', 'message'].indexOf(channel);
  return [...observations].sort((one, other) => rank(one) - rank(other));
}

export function first<T>(
  list: readonly Observation[],
  read: (one: Observation) => T | undefined,
): T | undefined {
  for (const one of list) {
    const value = read(one);
    if (value !== undefined) return value;
  }
  return undefined;
}

const ARGUMENT_ORDER = ['wire', 'hook', 'log', 'message', 'span'] as const;

/** Nearest channel; named before bare. */
export function argumentsOf(seen: readonly Observation[]): unknown {
  const given = ARGUMENT_ORDER.flatMap((channel) =>
    seen.flatMap((one) =>
      one.channel === channel && one.call?.args !== undefined ? [one.call.args] : [],
    ),
  );
  return given.find((value) => typeof value === 'object' && value !== null) ?? fullest(given);
}

const REMEMBERED_MAX = 100_000;

interface ReportedCall {
  readonly tool: string;
  readonly args: string;
  readonly until: number;
  readonly by: ReadonlySet<string>;
}

function executions({ seen }: ConcludedCall): ReadonlySet<string> {
  const made = seen.filter(
    ({ channel, call }) => channel !== 'message' && call?.stage === 'executed',
  );
  return new Set(made.map(({ channel, convention }) => `${channel}|${convention}`));
}

function isSame(reported: ReportedCall, one: ConcludedCall): boolean {
  const { call } = one;
  const args = argumentKey(call.args);
  const isSameArgs = reported.args === '' || args === '' || reported.args === args;
  if (!isSameTool(reported.tool, call.tool) || !isSameArgs) return false;
  // Clocks of two may differ.
  const isAgain = [...executions(one)].some((channel) => reported.by.has(channel));
  return !isAgain || call.at <= reported.until + CLOCKS_APART_MS;
}

export class ReportedCallIds {
  readonly #reported = new RecentMap<ReportedCall>(REMEMBERED_MAX);

  /** Undefined: reported before. `nowMs`: our clock. */
  take(one: ConcludedCall, nowMs: number): string | undefined {
    const { call } = one;
    const known = this.#reported.get(call.id);
    if (known === undefined) return this.#remember(call.id, one, nowMs);
    if (isSame(known, one)) return undefined;
    const [base = '', phase = ''] = call.id.split('-');
    const other = `${digest([base, call.tool, argumentKey(call.args), call.at])}-${phase}`;
    return this.#reported.has(other) ? undefined : this.#remember(other, one, nowMs);
  }

  /** A future end would hide later calls. */
  #remember(id: string, one: ConcludedCall, nowMs: number): string {
    const { tool, args, at, until: end = at } = one.call;
    const until = Math.min(end, nowMs);
    this.#reported.set(id, { tool, args: argumentKey(args), until, by: executions(one) });
    return id;
  }
}
