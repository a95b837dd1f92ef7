/** Observations of one call, most believed first. */
import type { Observation } from '../model/observation.ts';
import { argumentKey, fullest } from './values.ts';

export function orderKey(one: Observation): string {
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
