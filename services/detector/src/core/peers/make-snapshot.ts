/**
 * What agents of a group have in common: a function of what each of them told last, so that neither the order
 * in which they told nor the partitions they came from matter.
 *
 * No agent weighs more than its share: of a volume every agent's days weigh one together, and what lies above
 * the nine tenths counts as these, so that one agent in ten may do what it likes and the scale does not
 * move; of a value it counts once that an agent has it. What is told here is clamped by who
 * uses it (`peer-volume.ts`): a group that is bad from end to end has no honest tenth.
 */
import type { BaselineSnapshot } from '@waywarden/schemas';
import type { Member } from './group-members.ts';
import { GROUP_VALUES_MAX, PEERS_MIN } from './peer-limits.ts';

/** Days of an agent before they count, and as which share the highest days count. */
const AGENT_DAYS_MIN = 3;
const HIGHEST = 0.9;
/** Logarithms are told as whole numbers of this (`../volume/block-maxima.ts`). */
const GRAIN = 500;
const HOURS = 24;
const HOURS_FEATURE = 'acting_hours';
/** Digits kept of a logarithm. */
const rounded = (value: number) => Number(value.toPrecision(6));

export type Common = Pick<BaselineSnapshot, 'agents' | 'volumes' | 'values' | 'hours'>;

interface Weighed {
  readonly log: number;
  readonly weight: number;
}

/** The least log below or at which lies this share of the weight; `rising`. */
function quantile(rising: readonly Weighed[], share: number): number {
  const whole = rising.reduce((sum, { weight }) => sum + weight, 0);
  let below = 0;
  for (const { log, weight } of rising) {
    below += weight;
    if (below >= share * whole - 1e-9) return log;
  }
  return rising.at(-1)?.log ?? 0;
}

function volumeOf(days: readonly (readonly number[])[]): BaselineSnapshot['volumes'][string] {
  const rising = days
    .flatMap((logs) => logs.map((log) => ({ log: log / GRAIN, weight: 1 / logs.length })))
    .sort((a, b) => a.log - b.log);
  const median = quantile(rising, 0.5);
  const highest = quantile(rising, HIGHEST);
  const above = rising.reduce(
    (sum, { log, weight }) => sum + weight * Math.max(0, Math.min(log, highest) - median) ** 2,
    0,
  );
  const scale = Math.sqrt((2 * above) / days.length);
  const { length } = rising;
  return { agents: days.length, days: length, median: rounded(median), scale: rounded(scale) };
}

function volumesOf(members: readonly Member[]): BaselineSnapshot['volumes'] {
  const features = [...new Set(members.flatMap(({ maxima }) => Object.keys(maxima)))].sort();
  const volumes: (readonly [string, BaselineSnapshot['volumes'][string]])[] = [];
  for (const feature of features) {
    const days = members
      .map(({ maxima }) => (Object.hasOwn(maxima, feature) ? (maxima[feature] ?? []) : []))
      .filter((logs) => logs.length >= AGENT_DAYS_MIN);
    if (days.length >= PEERS_MIN) volumes.push([feature, volumeOf(days)]);
  }
  return Object.fromEntries(volumes);
}

/** By feature and value, how many agents have it. */
function agentsByValue(members: readonly Member[]): Map<string, Map<string, number>> {
  const found = new Map<string, Map<string, number>>();
  for (const { counts } of members) {
    for (const name of Object.keys(counts)) {
      const at = name.indexOf('/');
      const [feature, value] = [name.slice(0, at), name.slice(at + 1)];
      const values = found.get(feature) ?? new Map<string, number>();
      values.set(value, (values.get(value) ?? 0) + 1);
      found.set(feature, values);
    }
  }
  return found;
}

function valuesOf(
  members: readonly Member[],
  byValue: ReadonlyMap<string, ReadonlyMap<string, number>>,
): BaselineSnapshot['values'] {
  const features = [...byValue.keys()].filter((one) => one !== HOURS_FEATURE).sort();
  return Object.fromEntries(
    features.map((feature) => {
      const all = [...(byValue.get(feature) ?? [])].sort(
        ([a, x], [b, y]) => y - x || (a < b ? -1 : 1),
      );
      const has = ({ counts }: Member) =>
        Object.keys(counts).some((name) => name.startsWith(`${feature}/`));
      return [
        feature,
        {
          agents: members.filter(has).length,
          alone: all.filter(([, agents]) => agents === 1).length,
          known: Object.fromEntries(all.slice(0, GROUP_VALUES_MAX)),
        },
      ];
    }),
  );
}

/** Undefined of fewer agents than make a group. */
export function commonOf(members: readonly Member[]): Common | undefined {
  if (members.length < PEERS_MIN) return undefined;
  const byValue = agentsByValue(members);
  const acted = byValue.get(HOURS_FEATURE);
  return {
    agents: members.length,
    volumes: volumesOf(members),
    values: valuesOf(members, byValue),
    hours: Array.from({ length: HOURS }, (_, hour) => acted?.get(String(hour)) ?? 0),
  };
}
