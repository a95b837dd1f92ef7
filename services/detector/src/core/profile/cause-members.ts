/**
 * Who is part of a common cause (`common-cause.ts`): the agents that alarm this time, and those of the times before.
 *
 * They are told apart. What comes again of three agents out of eight is told of three, with how many there were before:
 * its count, its words and how grave its parts are is that of those that alarm now. A verdict is about both, which are
 * one alert.
 */

import { type Alert, formatLogTime } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import type { FacetAlarm } from '../facets/facet.ts';
import type { Again, CauseParts } from './cause-alert.ts';
import { type Beside, COMMON_AGENTS_MAX, type Common } from './kept-causes.ts';
import type { Tracked } from './merge-alert.ts';

/** The gravest of its parts is named where it is so many times as far from its usual as the first. */
const GRAVER = 2;

/** Alerts that it is told to replace, the latest; each says itself of which cause it is part. */
const SUPERSEDED_MAX = 64;

type Members = Pick<Common, 'agents' | 'keys' | 'earlier' | 'later'>;

/** The cause that an alert joins, or the one that goes on with it. */
interface Known {
  readonly open: Common | undefined;
  readonly former: Common | undefined;
}

const latest = (all: readonly string[]) => [...new Set(all)].slice(-COMMON_AGENTS_MAX);

/** Those of the times before, of a cause that goes on. */
function earlierOf({ open, former }: Known): Common['earlier'] {
  if (former === undefined) return open?.earlier;
  const { agents, keys, earlier, lastMs } = former;
  return {
    agents: latest([...(earlier?.agents ?? []), ...agents]),
    keys: latest([...(earlier?.keys ?? []), ...keys]),
    lastMs,
  };
}

/** The agents of a cause with this one, and where their alerts are kept; `same`: those that it has beside it. */
export function membersWith(
  known: Known,
  same: readonly Beside[],
  own: { readonly uid: string; readonly key: string },
): Members {
  const { open } = known;
  const beside = same.map(([, one]) => one).filter((one) => one !== own.uid);
  const before = open?.agents ?? [...new Set(beside)];
  const agents = before.includes(own.uid)
    ? before
    : [...before, own.uid].slice(0, COMMON_AGENTS_MAX);
  const keys = latest([...(open?.keys ?? []), ...same.map(([, , , key]) => key), own.key]);
  const earlier = earlierOf(known);
  const { later } = open ?? known.former ?? {};
  return { agents, keys, ...(earlier && { earlier }), ...(later && { later }) };
}

/** What is told of the times before. */
export function againOf({
  agents,
  earlier,
}: Pick<Common, 'agents' | 'earlier'>): Again | undefined {
  if (earlier === undefined) return undefined;
  const now = agents.filter((uid) => earlier.agents.includes(uid)).length;
  const last = formatLogTime({ ms: earlier.lastMs, ns: 0 }).slice(0, 10);
  return { now, before: earlier.agents.length, last };
}

/** The alerts that a cause replaces, with these. */
export function supersededWith({ open, former }: Known, parts: readonly string[]) {
  const before = (open ?? former)?.alert.supersedes ?? [];
  const supersedes = [...new Set([...before, ...parts])].slice(-SUPERSEDED_MAX);
  return supersedes.length === 0 ? {} : { supersedes };
}

/** How a cause is told, with the gravest of its parts. */
export function toTell(
  draft: Draft,
  common: Omit<Common, 'alert' | 'lastMs'>,
  added?: { readonly alarm: Pick<FacetAlarm, 'times'>; readonly alert: Alert },
): CauseParts {
  const { agents, keys, first, apart, later } = common;
  const known = keys.flatMap((key) => draft.get<Tracked>(key) ?? []);
  const all = known.map(({ alert, times = 1 }) => ({ times, summary: alert.summary }));
  if (added !== undefined) {
    all.push({ times: added.alarm.times ?? 1, summary: added.alert.summary });
  }
  const most = Math.max(1, ...all.map(({ times }) => times));
  const isFarther = most >= GRAVER * (all[0]?.times ?? 1);
  const worst = (isFarther ? all.find(({ times }) => times === most)?.summary : undefined) ?? first;
  const again = againOf(common);
  return { agents, first, worst, apart, ...(again && { again }), ...(later && { later }) };
}

/** The alerts of its agents of this time that are part of it still. */
export function partsOf(draft: Draft, { keys, alert: { alert_id: id } }: Common): readonly Alert[] {
  return keys.flatMap((key) => {
    const tracked = draft.get<Tracked>(key);
    return tracked?.part === id ? [tracked.alert] : [];
  });
}
