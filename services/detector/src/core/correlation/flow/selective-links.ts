/**
 * Which calls of other chains lead to a use of a value: those that had it before. A value that a chain read for
 * itself before is no hand-over from another that read it too; what it read where it had been written is one.
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

/** By what kind of link a call that had it one way leads to one that had it the other way. */
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
      // What the child did comes back to whoever handed over.
      return from.by === 'root_key' || from.by === 'under' ? 'delegation' : undefined;
    default:
      return undefined;
  }
}

/** A weaker key never joins calls whose stronger keys are proven and differ; a hand-over names its child. */
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

/** What a use had without any other chain's call: found in one walk over all that came before. */
interface Before {
  /** Its own chain had read the value for itself, where nobody had written it. */
  readonly wasRead: boolean;
  /** The chains that wrote the value where its own chain then read it. */
  readonly writers: ReadonlySet<string>;
  /** When its agent first called with the credential. */
  readonly firstLogin: FlowObservation | undefined;
}

const NOBODY: ReadonlySet<string> = new Set();

/** The other chains that wrote the value in the very thing from which a call read it. */
function writersOf(
  written: readonly FlowObservation[],
  read: FlowObservation,
  skewMs: number,
): ReadonlySet<string> {
  const { object, chain } = read;
  if (object === undefined || written.length === 0) return NOBODY;
  const wrote = written.filter((one) => one.object === object && mayPrecede(one, read, skewMs));
  // What a chain wrote itself it had already.
  return wrote.some((one) => one.chain === chain) ? NOBODY : new Set(wrote.map((one) => one.chain));
}

function beforeUse(all: readonly FlowObservation[], use: FlowObservation, skewMs: number): Before {
  const written = all.filter((one) => one.by === 'written');
  const writers = new Set<string>();
  let wasRead = false;
  let firstLogin: FlowObservation | undefined;
  for (const one of all) {
    const { by } = one;
    if (by === 'credential' && one.agent === use.agent) firstLogin ??= one;
    if (by !== 'result' || one.chain !== use.chain || compareObservations(one, use) >= 0) continue;
    const found = writersOf(written, one, skewMs);
    if (found.size === 0) wasRead = true;
    for (const chain of found) writers.add(chain);
  }
  return { wasRead, writers, firstLogin };
}

/** Whether the chain of a use had read the value by itself, and not where `chain` had written it. */
function isRead({ wasRead, writers }: Before, chain: string): boolean {
  return wasRead || (writers.size > 0 && !writers.has(chain));
}

/** Whether the chain of a use had read the value for itself, so that `from` handed nothing over. */
export function hadRead(
  all: readonly FlowObservation[],
  use: FlowObservation,
  from: { readonly chain: string; readonly skewMs: number },
): boolean {
  return isRead(beforeUse(all, use, from.skewMs), from.chain);
}

/** The use has an explanation of its own, so that the producer hands nothing over. */
function hadAlready(before: Before, from: FlowObservation, to: FlowObservation): boolean {
  if (to.by === 'credential') {
    return before.firstLogin !== undefined && compareObservations(before.firstLogin, from) < 0;
  }
  return from.by === 'result' && isRead(before, from.chain);
}

/** At most so many: of too many, the latest of whichever agent of a chain has most. */
function bounded(links: readonly FlowLink[]): readonly FlowLink[] {
  const out = evictedOf(links, {
    owner: ({ from }) => JSON.stringify([from.chain, from.agent]),
    order: (a, b) => compareObservations(a.from, b.from),
    max: USE_LINKS_MAX,
  });
  const retained = out.length === 0 ? [...links] : links.filter((link) => !out.includes(link));
  return retained.sort((a, b) => compareObservations(a.from, b.from));
}

/** What a combination asks of a grantee. */
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

/**
 * The chains that a grant is told to. Whether the grantee acted after it is asked there, of each of
 * its calls; so a chain that it had acted in before counts too, behind those that it acted in next.
 */
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

/**
 * The links into one use of a value that is rare there, from calls of other chains, judged among these
 * observations; `isAsked`: from which of them.
 */
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
    if (hadAlready(before, from, use)) continue;
    found.push({ from, to: use, via });
  }
  return asked(found);
}

/** Whether a observation can change which links lead into a use: as what came before, or as producer. */
export function concerns(fresh: FlowObservation, use: FlowObservation, skewMs: number): boolean {
  const isTie = use.by === 'hand_over' || fresh.by === 'granted' || fresh.by === 'grantee';
  if (isTie && fresh.chain !== use.chain) {
    return kindOf(fresh, use) !== undefined || fresh.by === use.by;
  }
  if (fresh.by === 'credential' && use.by === 'credential') return true;
  // A use that was no hand-over, as its chain had read the value, may be one if that was written.
  if (fresh.by === 'written' && fresh.ms <= use.ms + skewMs) return true;
  if (compareObservations(fresh, use) <= 0) return true;
  return (
    fresh.ms <= use.ms + skewMs && fresh.chain !== use.chain && kindOf(fresh, use) !== undefined
  );
}
