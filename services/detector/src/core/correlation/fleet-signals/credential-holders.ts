/**
 * Who calls with a credential, and who is strange to it. Whoever comes is judged beside all that are stored before
 * anybody is left out.
 */
import { type PrivilegeStep, shortPrint } from '@waywarden/schemas';
import { EVIDENCE_MAX } from '../../alerting/alarm.ts';
import { PRINT_48, printSet } from '../../domain/record-table.ts';
import { byFirst, isProvenDelegation, isProvenStep, mergedUse, type Use } from './step-proof.ts';

/** As many as an alert names. */
export const HOLDERS_MAX = EVIDENCE_MAX - 1;
/** Known again and counted; of more, only that there are more. */
export const HOLDERS_COUNTED_MAX = 256;
const HANDERS = printSet(PRINT_48, 16);
export const HANDED_MAX = 256;
const HANDED = printSet(PRINT_48, HANDED_MAX);
const COUNTED = printSet(PRINT_48, HOLDERS_COUNTED_MAX);
export const CHURNING_HOLDERS_MAX = 16;

export interface Holders {
  readonly uses: readonly Use[];
  /** In the order in which they were left out. */
  readonly left?: string;
  readonly handers?: string;
  readonly handed?: string;
  readonly claimed?: string;
  readonly further?: string;
  readonly churning?: readonly string[];
  readonly more: number;
}

const printOf = (uid: string) => shortPrint(uid, PRINT_48);
/** Left out and not yet proven; no print begins so. */
const unprovenPrint = (uid: string) => `~${printOf(uid).slice(1)}`;

function isLeft(left: string | undefined, uid: string): boolean {
  return left !== undefined && (holds(left, uid) || COUNTED.has(left, unprovenPrint(uid)));
}

function holds(prints: string | undefined, uid: string): boolean {
  return prints !== undefined && COUNTED.has(prints, printOf(uid));
}

function tiedOnes(known: Holders, by: 'proof' | 'word'): (one: PrivilegeStep) => boolean {
  const { uses, handers, handed } = known;
  const claimed = by === 'word' ? known.claimed : undefined;
  const counts = (one: PrivilegeStep) => by === 'word' || isProvenDelegation(one);
  const parents = new Set(
    uses.flatMap((one) => {
      const { parent_agent_uid: up, agent_uid: uid } = one;
      return up === undefined || up === uid || !counts(one) ? [] : [up];
    }),
  );
  const isHanded = handedOnes(known);
  return (one) => {
    const { agent_uid: uid } = one;
    if (parents.has(uid) || [handers, handed, claimed].some((prints) => holds(prints, uid)))
      return true;
    return isHanded(one) && counts(one);
  };
}

export function isOnlyClaimed(known: Holders, one: PrivilegeStep): boolean {
  return tiedOnes(known, 'word')(one) && !tiedOnes(known, 'proof')(one);
}

/**
 * Nobody handed them work or got any from them; the first is the owner. For the proven, a hand-over must be proven.
 */
export function strangers(known: Holders): readonly Use[] {
  const { uses } = known;
  const isTied = tiedOnes(known, 'proof');
  const isClaimed = tiedOnes(known, 'word');
  const isOneProven = uses.filter(isProvenStep).length < 2;
  return uses
    .slice(1)
    .filter((one) => !(isTied(one) || ((isOneProven || !isProvenStep(one)) && isClaimed(one))));
}

function handedOnes({ uses, left, handers, further }: Holders): (one: PrivilegeStep) => boolean {
  const all = new Set(uses.map((one) => one.agent_uid));
  const isKnown = (uid: string) =>
    all.has(uid) || isLeft(left, uid) || [handers, further].some((prints) => holds(prints, uid));
  return ({ agent_uid: uid, parent_agent_uid: up }) =>
    up !== undefined && up !== uid && isKnown(up);
}

function withPrints(prints: string | undefined, uids: readonly string[]): string | undefined {
  const all = HANDED.add(prints ?? '', ...uids.map(printOf));
  return all === '' ? prints : all;
}

export function withHanded(
  known: Holders,
  uids: readonly string[],
  by: 'proof' | 'word' = 'proof',
): Holders {
  const field = by === 'proof' ? 'handed' : 'claimed';
  const prints = withPrints(known[field], uids);
  return prints === undefined || prints === known[field] ? known : { ...known, [field]: prints };
}

export function isOfRuns({ churning }: Holders, { agent_workload: of }: PrivilegeStep): boolean {
  return of !== undefined && churning?.includes(of) === true;
}

export function withChurning(known: Holders, workloads: readonly string[]): Holders {
  const { churning = [] } = known;
  const more = workloads.filter((one) => !churning.includes(one));
  if (more.length === 0 || churning.length >= CHURNING_HOLDERS_MAX) return known;
  const all = [...churning, ...new Set(more)].slice(0, CHURNING_HOLDERS_MAX);
  return known.uses.reduce(withOne, { ...known, uses: [], churning: all });
}

/** May be a further uid of a known one. */
function withOne(known: Holders, step: Use): Holders {
  const isRun = isOfRuns(known, step);
  const same = known.uses.find(
    (one) =>
      one.agent_uid === step.agent_uid || (isRun && one.agent_workload === step.agent_workload),
  );
  const retained = same === undefined ? step : mergedUse(step, same);
  if (retained === same && same.agent_uid === step.agent_uid) return known;
  const others = known.uses.filter((one) => one !== same);
  const now = { ...known, uses: [...others, retained].sort(byFirst) };
  if (same === undefined || same.agent_uid === step.agent_uid) return now;
  const out = retained.agent_uid === step.agent_uid ? same : step;
  return {
    ...now,
    further: COUNTED.add(known.further ?? '', printOf(out.agent_uid)),
  };
}

function withLasting(known: Holders, step: PrivilegeStep): Holders {
  if (step.agent_workload !== undefined) return known;
  const coldStart = known.uses.find(
    (one) => one.agent_uid === step.agent_uid && one.agent_workload !== undefined,
  );
  if (coldStart === undefined) return known;
  const { agent_workload: _, workload_churns: __, ...lasting } = coldStart;
  return { ...known, uses: known.uses.map((one) => (one === coldStart ? lasting : one)) };
}

/** At least, where there are more. */
export function holderCount({ uses, left = '' }: Holders): number {
  return uses.length + COUNTED.count(left);
}

/** Nobody is left out yet. */
export function withHolder(known: Holders, step: PrivilegeStep): Holders {
  const { agent_workload: of } = step;
  const isChurning = of !== undefined && step.workload_churns === true;
  const before = isChurning ? withChurning(known, [of]) : withLasting(known, step);
  if (holds(before.left, step.agent_uid) || holds(before.further, step.agent_uid)) return before;
  if (isLeft(before.left, step.agent_uid) && !isProvenStep(step)) return before;
  const now = withOne(proven(before, step.agent_uid), step);
  const handed = now.uses.filter(handedOnes(now));
  const [sure, claimed] = [true, false].map((is) =>
    handed.filter((one) => isProvenDelegation(one) === is).map((one) => one.agent_uid),
  );
  return withHanded(withHanded(now, sure ?? []), claimed ?? [], 'word');
}

function proven(known: Holders, uid: string): Holders {
  const { left = '' } = known;
  const others = COUNTED.without(left, unprovenPrint(uid));
  return others === left ? known : { ...known, left: others };
}

function leastOf(known: Holders, spared: string | undefined): PrivilegeStep | undefined {
  const strange = new Set(strangers(known));
  const some = known.uses.slice(1).filter((one) => one.agent_uid !== spared);
  return (
    some.findLast((one) => !strange.has(one)) ?? some.find((one) => !isProvenStep(one)) ?? some[0]
  );
}

/** `spared`: nothing was told of it yet. */
export function fewHolders(known: Holders, spared?: string): Holders {
  if (known.uses.length <= HOLDERS_MAX) return known;
  const least = leastOf(known, spared);
  if (least === undefined) return known;
  return leftOut({ ...known, uses: known.uses.filter((one) => one !== least) }, least);
}

function leftOut(known: Holders, least: PrivilegeStep): Holders {
  const { uses } = known;
  const up = least.parent_agent_uid;
  const isHolder =
    up !== undefined && (isLeft(known.left, up) || uses.some((one) => one.agent_uid === up));
  const isProven = isProvenDelegation(least);
  const handers = known.handers ?? '';
  const print = isProvenStep(least) ? printOf : unprovenPrint;
  const before = known.left ?? '';
  const left = COUNTED.add(before, print(least.agent_uid));
  return {
    ...(isHolder && !isProven ? withHanded(known, [up], 'word') : known),
    left,
    ...(isHolder && isProven && !holds(handers, up)
      ? { handers: HANDERS.add(handers, printOf(up)) }
      : {}),
    more: left.startsWith(before) ? known.more : 1,
  };
}
