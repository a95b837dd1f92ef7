/**
 * Who is part of a common cause (`common-cause.ts`): the agents that alarm this time, and those of the times before.
 *
 * They are told apart. What comes again of three agents out of eight is told of three, with how many there were before:
 * its count, its words and how grave its parts are is that of those that alarm now. A verdict is about both, which are
 * one alert.
 */

import { formatLogTime } from '@waywarden/schemas';
import type { Again } from './cause-alert.ts';
import { type Beside, COMMON_AGENTS_MAX, type Common } from './kept-causes.ts';

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
