/** Ids of calls, stable whatever was seen so far. */
import { createHash } from 'node:crypto';
import type { Call } from '../model/call.ts';
import type { Observation } from '../model/observation.ts';
import { argumentsOf, first, orderKey } from './pick.ts';
import { spanKey } from './span-tree.ts';
import { argumentKey } from './values.ts';

const ID_LENGTH = 32;

export interface ConcludedCall {
  readonly call: Call;
  readonly seen: readonly Observation[];
}

export function digest(parts: readonly unknown[]): string {
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
