/** What agents of a group have in common, independent of arrival and partition. */
import type { BaselineSnapshot } from '@waywarden/schemas';
import { DAYS_KNOWN_MIN, HOURS_A_DAY } from '../../domain/day.ts';
import type { GroupMember } from './group-members.ts';
import { GRAIN, GROUP_VALUES_MAX, PEERS_MIN, USUAL_AGENTS_MIN } from './peer-groups.ts';
import { PLACE_FEATURES } from './peer-values.ts';

/** As which share the highest days count. */
const HIGHEST = 0.9;
const HOURS_FEATURE = 'acting_hours';
const PLACES: ReadonlySet<string> = new Set(PLACE_FEATURES);
const rounded = (value: number) => Number(value.toPrecision(6));

export interface Common extends Pick<BaselineSnapshot, 'agents' | 'volumes' | 'values' | 'hours'> {
  /** The earliest day that any of them told of; undefined where none said. */
  readonly sinceDay: number | undefined;
}

interface Weighed {
  readonly log: number;
  readonly weight: number;
}

/** The least log below which lies this share of the weight. */
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

function volumesOf(members: readonly GroupMember[]): BaselineSnapshot['volumes'] {
  const features = [...new Set(members.flatMap(({ maxima }) => Object.keys(maxima)))].sort();
  const volumes: (readonly [string, BaselineSnapshot['volumes'][string]])[] = [];
  for (const feature of features) {
    const days = members
      .map(({ maxima }) => (Object.hasOwn(maxima, feature) ? (maxima[feature] ?? []) : []))
      .filter((logs) => logs.length >= DAYS_KNOWN_MIN);
    if (days.length >= PEERS_MIN) volumes.push([feature, volumeOf(days)]);
  }
  return Object.fromEntries(volumes);
}

type ByValue = ReadonlyMap<string, ReadonlyMap<string, number>>;

function agentsByValue(lists: readonly (readonly string[])[]): ByValue {
  const found = new Map<string, Map<string, number>>();
  for (const names of lists) {
    for (const name of names) {
      const at = name.indexOf('/');
      const [feature, value] = [name.slice(0, at), name.slice(at + 1)];
      const values = found.get(feature) ?? new Map<string, number>();
      values.set(value, (values.get(value) ?? 0) + 1);
      found.set(feature, values);
    }
  }
  return found;
}

function valuesOf(members: readonly GroupMember[], byValue: ByValue): BaselineSnapshot['values'] {
  const features = [...byValue.keys()].filter((one) => one !== HOURS_FEATURE).sort();
  const repeated = agentsByValue(members.map((one) => one.repeated ?? []));
  return Object.fromEntries(
    features.map((feature) => {
      const all = [...(byValue.get(feature) ?? [])].sort(
        ([a, x], [b, y]) => y - x || (a < b ? -1 : 1),
      );
      const has = ({ counts }: GroupMember) =>
        Object.keys(counts).some((name) => name.startsWith(`${feature}/`));
      // Of places, only shared ones are reported.
      const isPlace = PLACES.has(feature);
      const shared = isPlace ? all.filter(([, agents]) => agents >= USUAL_AGENTS_MIN) : all;
      const known = shared.slice(0, GROUP_VALUES_MAX);
      const usual = known.flatMap(([value]) => {
        const agents = repeated.get(feature)?.get(value) ?? 0;
        return agents >= USUAL_AGENTS_MIN ? [[value, agents] as const] : [];
      });
      return [
        feature,
        {
          agents: members.filter(has).length,
          alone: all.filter(([, agents]) => agents === 1).length,
          known: Object.fromEntries(known),
          usual: Object.fromEntries(usual),
        },
      ];
    }),
  );
}

/** Undefined of fewer agents than make a group. */
export function commonOf(members: readonly GroupMember[]): Common | undefined {
  if (members.length < PEERS_MIN) return undefined;
  const byValue = agentsByValue(members.map(({ counts }) => Object.keys(counts)));
  const acted = byValue.get(HOURS_FEATURE);
  const days = members.flatMap(({ since }) => (since === undefined ? [] : [since]));
  return {
    sinceDay: days.length === 0 ? undefined : Math.min(...days),
    agents: members.length,
    volumes: volumesOf(members),
    values: valuesOf(members, byValue),
    hours: Array.from({ length: HOURS_A_DAY }, (_, hour) => acted?.get(String(hour)) ?? 0),
  };
}
