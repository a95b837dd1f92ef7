/**
 * Which calls of other chains lead to a use of a value. Not handed to it is what the chain read, except where it was
 * written, and what its agent used before.
 */
import type { ObservationWay, PrivilegeLink } from '@waywarden/schemas';
import { evictedOf } from '../../state/crowded-out.ts';
import type { CompiledPolicy } from '../assembly/proof/compile-combination.ts';
import { GRANT_CHAINS_MAX, USE_LINKS_MAX } from './flow-limits.ts';
import { compareObservations, type FlowObservation } from './flow-track.ts';

export interface FlowLink {
  readonly from: FlowObservation;
  readonly to: FlowObservation;
  readonly via: PrivilegeLink['via'];
}

const USES: ReadonlySet<ObservationWay> = new Set([
  'argument',
  'written',
  'credential',
  'result',
  'root_key',
  'hand_over',
  'under',
  'grantee',
]);

export function isUse(observation: FlowObservation): boolean {
  return USES.has(observation.by);
}

function kindOf(from: FlowObservation, to: FlowObservation): PrivilegeLink['via'] | undefined {
  switch (to.by) {
    case 'argument':
      return from.by === 'result' || from.by === 'written' ? 'data_flow' : undefined;
    case 'written':
      // Two writes of one value have no direction.
      return from.by === 'result' ? 'data_flow' : undefined;
    case 'credential':
      if (from.by === 'granted') return 'grantee';
      return from.by === 'result' || from.by === 'created' ? 'secret_use' : undefined;
    case 'grantee':
      return from.by === 'granted' ? 'grantee' : undefined;
    case 'result': {
      const isRead = from.by === 'written' && to.object !== undefined;
      return isRead && from.object === to.object ? 'resource' : undefined;
    }
    case 'root_key':
      return isJoined(from, to) ? 'delegation' : undefined;
    case 'under':
      return from.by === 'hand_over' ? 'delegation' : undefined;
    case 'hand_over':
      return from.by === 'root_key' || from.by === 'under' ? 'delegation' : undefined;
    default:
      return undefined;
  }
}

/** A weaker key never joins what proven stronger keys part. */
function isJoined(from: FlowObservation, to: FlowObservation): boolean {
  if (from.by === 'hand_over') return true;
  if (from.by !== 'root_key') return false;
  const rank = from.keyRank ?? 1;
  const isParted = (one: FlowObservation) =>
    one.chainKeyProven === true && (one.chainKeyRank ?? rank) < rank;
  return !(isParted(from) && isParted(to));
}

/** Whether the observation may have come before the use: beyond the skew, time tells. */
function mayPrecede(from: FlowObservation, to: FlowObservation, skewMs: number): boolean {
  return from.agent === to.agent ? compareObservations(from, to) < 0 : from.ms <= to.ms + skewMs;
}

interface Before {
  readonly wasRead: boolean;
  readonly writers: ReadonlySet<string>;
  /** By its agent. */
  readonly firstUse: FlowObservation | undefined;
}

const GIVES: ReadonlySet<ObservationWay> = new Set(['argument', 'written']);

function isAlike(one: ObservationWay, use: ObservationWay): boolean {
  return one === use || (GIVES.has(one) && GIVES.has(use));
}

const NOBODY: ReadonlySet<string> = new Set();

function writersOf(
  written: readonly FlowObservation[],
  read: FlowObservation,
  skewMs: number,
): ReadonlySet<string> {
  const { object, chain } = read;
  if (object === undefined || written.length === 0) return NOBODY;
  const wrote = written.filter((one) => one.object === object && mayPrecede(one, read, skewMs));
  return wrote.some((one) => one.chain === chain) ? NOBODY : new Set(wrote.map((one) => one.chain));
}

function beforeUse(all: readonly FlowObservation[], use: FlowObservation, skewMs: number): Before {
  const written = all.filter((one) => one.by === 'written');
  const writers = new Set<string>();
  let wasRead = false;
  const firstUse = all.find((one) => one.agent === use.agent && isAlike(one.by, use.by));
  for (const one of all) {
    if (one.by !== 'result' || one.chain !== use.chain || compareObservations(one, use) >= 0)
      continue;
    const found = writersOf(written, one, skewMs);
    if (found.size === 0) wasRead = true;
    for (const chain of found) writers.add(chain);
  }
  return { wasRead, writers, firstUse };
}

function isRead({ wasRead, writers }: Before, chain: string): boolean {
  return wasRead || (writers.size > 0 && !writers.has(chain));
}

export function hadRead(
  all: readonly FlowObservation[],
  use: FlowObservation,
  from: { readonly chain: string; readonly skewMs: number },
): boolean {
  return isRead(beforeUse(all, use, from.skewMs), from.chain);
}

function hadAlready(
  before: Before,
  from: FlowObservation,
  { to, skewMs }: { readonly to: FlowObservation; readonly skewMs: number },
): boolean {
  const isLogin = to.by === 'credential';
  if (from.by !== 'result' && !isLogin) return false;
  const { firstUse } = before;
  if (firstUse !== undefined && !mayPrecede(from, firstUse, isLogin ? 0 : skewMs)) return true;
  return !isLogin && isRead(before, from.chain);
}

/** The agent with most links loses its earliest. */
function bounded(links: readonly FlowLink[]): readonly FlowLink[] {
  const out = evictedOf(links, {
    owner: ({ from }) => JSON.stringify([from.chain, from.agent]),
    order: (a, b) => compareObservations(a.from, b.from),
    max: USE_LINKS_MAX,
  });
  const retained = out.length === 0 ? [...links] : links.filter((link) => !out.includes(link));
  return retained.sort((a, b) => compareObservations(a.from, b.from));
}

function isGranteeUse(
  { combinations }: CompiledPolicy,
  { capabilities }: FlowObservation,
): boolean {
  return combinations.some(({ steps, ties }) =>
    ties.some(
      ({ to, via }) =>
        via === 'grantee' && capabilities.some(({ symbol }) => steps[to]?.accepts(symbol)),
    ),
  );
}

/** Whether the grantee acted after it is asked there. */
function chainsOfGrant(
  all: readonly FlowObservation[],
  grant: FlowObservation,
  policy: CompiledPolicy,
): ReadonlySet<string> {
  const uses = all.filter(
    (one) =>
      kindOf(grant, one) === 'grantee' &&
      one.chain !== grant.chain &&
      Math.abs(one.ms - grant.ms) <= policy.linkHorizonMs &&
      isGranteeUse(policy, one),
  );
  const isAfter = (one: FlowObservation) => one.ms >= grant.ms - policy.skewMs;
  const nearest = [...uses.filter(isAfter), ...uses.filter((one) => !isAfter(one)).reverse()];
  const chains = new Set<string>();
  for (const { chain } of nearest) if (chains.size < GRANT_CHAINS_MAX) chains.add(chain);
  return chains;
}

function grantsTo(
  all: readonly FlowObservation[],
  use: FlowObservation,
  policy: CompiledPolicy,
): readonly FlowLink[] {
  return all
    .filter((from) => kindOf(from, use) === 'grantee' && from.chain !== use.chain)
    .filter((from) => isGranteeUse(policy, use) && chainsOfGrant(all, from, policy).has(use.chain))
    .map((from) => ({ from, to: use, via: 'grantee' }));
}

/** What was done under a hand-over in other chains: one link for each agent of a chain tells it all. */
function returnsTo(
  all: readonly FlowObservation[],
  use: FlowObservation,
  { skewMs, linkHorizonMs }: CompiledPolicy,
): readonly FlowLink[] {
  const seen = new Set<string>();
  const found: FlowLink[] = [];
  for (const from of all) {
    const via = from.chain === use.chain ? undefined : kindOf(from, use);
    if (via === undefined || !mayPrecede(use, from, skewMs)) continue;
    const key = JSON.stringify([from.chain, from.agent]);
    if (seen.has(key) || from.ms > use.ms + linkHorizonMs) continue;
    seen.add(key);
    found.push({ from, to: use, via });
  }
  return found;
}

/** `isAsked`: from which observations. */
export function linksOfUse(
  all: readonly FlowObservation[],
  use: FlowObservation,
  policy: CompiledPolicy,
  isAsked: (from: FlowObservation) => boolean,
): readonly FlowLink[] {
  const asked = (links: readonly FlowLink[]) => bounded(links.filter(({ from }) => isAsked(from)));
  if (use.by === 'hand_over') return asked(returnsTo(all, use, policy));
  const sinceMs = use.ms - policy.linkHorizonMs;
  const before = beforeUse(all, use, policy.skewMs);
  const found: FlowLink[] = [...grantsTo(all, use, policy)];
  for (const from of all) {
    if (from.chain === use.chain || from.ms < sinceMs) continue;
    const via = kindOf(from, use);
    if (via === undefined || via === 'grantee' || !mayPrecede(from, use, policy.skewMs)) continue;
    if (hadAlready(before, from, { to: use, skewMs: policy.skewMs })) continue;
    found.push({ from, to: use, via });
  }
  return asked(found);
}

export function concerns(fresh: FlowObservation, use: FlowObservation, skewMs: number): boolean {
  const isTie = use.by === 'hand_over' || fresh.by === 'granted' || fresh.by === 'grantee';
  if (isTie && fresh.chain !== use.chain) {
    return kindOf(fresh, use) !== undefined || fresh.by === use.by;
  }
  if (fresh.by === 'credential' && use.by === 'credential') return true;
  if (fresh.by === 'written' && fresh.ms <= use.ms + skewMs) return true;
  if (compareObservations(fresh, use) <= 0) return true;
  return (
    fresh.ms <= use.ms + skewMs && fresh.chain !== use.chain && kindOf(fresh, use) !== undefined
  );
}
