/**
 * Who calls with a credential: whom it came to by handed work, and who is strange to it. Of a strange holder an analyst
 * must hear whenever it comes; of one that was handed work, how many there are is enough. So whoever comes is judged
 * beside all that are kept, and only then is somebody left out: the latest that was handed work, else the earliest
 * strange one of whom nobody proves who it is, else the earliest strange one. All of them were told by then.
 */
import { type PrivilegeStep, shortPrint } from '@waywarden/schemas';
import { findPrint, withoutRecord } from '../../domain/print-table.ts';
import { NOTE_EVIDENCE_MAX } from './note-alert.ts';
import { byFirst, isProvenDelegation, isProvenStep, mergedUse, type Use } from './step-proof.ts';

/** Holders that are kept whole: as many as an alert names, beside the sight of the credential in a result. */
export const HOLDERS_MAX = NOTE_EVIDENCE_MAX - 1;
/** Holders of one credential beyond those, which are known again and counted; of more it is told that there are more. */
export const HOLDERS_COUNTED_MAX = 256;
/** Holders that handed work to one that is left out. */
const HANDERS_MAX = 16;
const PRINT_LENGTH = 8;
/** Agents to whom a holder handed work, by its own events or theirs; of more the first are forgotten. */
export const HANDED_MAX = 256;
/** Further uids of such a workload that are known again. */
const FURTHER_LENGTH = HOLDERS_COUNTED_MAX * PRINT_LENGTH;
/** Workloads of new uids that hold one credential; one of more is as many holders as it has uids. */
export const CHURNING_HOLDERS_MAX = 16;

export interface Holders {
  /** What each agent did with it, in order of the first call of each. */
  readonly uses: readonly Use[];
  /** Prints of those that are left out, in the order in which they were. */
  readonly left?: string;
  /** Prints of those that handed work to one of them, as is proven. */
  readonly handers?: string;
  /** Prints of those to whom one handed work, as is proven. */
  readonly handed?: string;
  /** Prints of those of whom either is only said. */
  readonly claimed?: string;
  /** Prints of further uids of a workload that is one of them. */
  readonly further?: string;
  /** Workloads whose every run is a new uid. */
  readonly churning?: readonly string[];
  /** More than zero: there are more, whom nothing is known of any longer. */
  readonly more: number;
}

const printOf = (uid: string) => shortPrint(uid, PRINT_LENGTH);
/** Of one that is left out and that nobody proved yet; no print begins so. */
const unprovenPrint = (uid: string) => `~${printOf(uid).slice(1)}`;

/** Whoever is left out, proven or not. */
function isLeft(left: string | undefined, uid: string): boolean {
  return (
    left !== undefined &&
    (holds(left, uid) || findPrint(left, unprovenPrint(uid), PRINT_LENGTH) >= 0)
  );
}

function holds(prints: string | undefined, uid: string): boolean {
  return prints !== undefined && findPrint(prints, printOf(uid), PRINT_LENGTH) >= 0;
}

/** Those whom a hand-over ties to a holder: one that is proven, or one that is said. */
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

/** That work was handed over between it and a holder is said, and nothing proves it. */
export function isOnlyClaimed(known: Holders, one: PrivilegeStep): boolean {
  return tiedOnes(known, 'word')(one) && !tiedOnes(known, 'proof')(one);
}

/**
 * Those to whom no other holder handed work, and who handed none to one; but for the first, whose it is. That it was
 * handed over need be proven of one that is proven himself, beside another.
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

/** Whose call says that a holder handed it work. */
function handedOnes({ uses, left, handers, further }: Holders): (one: PrivilegeStep) => boolean {
  const all = new Set(uses.map((one) => one.agent_uid));
  const isKnown = (uid: string) =>
    all.has(uid) || isLeft(left, uid) || [handers, further].some((prints) => holds(prints, uid));
  return ({ agent_uid: uid, parent_agent_uid: up }) =>
    up !== undefined && up !== uid && isKnown(up);
}

function withPrints(prints: string | undefined, uids: readonly string[]): string | undefined {
  const more = uids.filter((uid) => !holds(prints, uid)).map(printOf);
  if (more.length === 0) return prints;
  return ((prints ?? '') + more.join('')).slice(-HANDED_MAX * PRINT_LENGTH);
}

/** A holder handed work to these, as is proven or only said. */
export function withHanded(
  known: Holders,
  uids: readonly string[],
  by: 'proof' | 'word' = 'proof',
): Holders {
  const field = by === 'proof' ? 'handed' : 'claimed';
  const prints = withPrints(known[field], uids);
  return prints === undefined || prints === known[field] ? known : { ...known, [field]: prints };
}

/** One of the uids of a workload whose every run is a new one. */
export function isOfRuns({ churning }: Holders, { agent_workload: of }: PrivilegeStep): boolean {
  return of !== undefined && churning?.includes(of) === true;
}

/** The uids of these workloads as one holder each, the earliest of each kept. */
export function withChurning(known: Holders, workloads: readonly string[]): Holders {
  const { churning = [] } = known;
  const more = workloads.filter((one) => !churning.includes(one));
  if (more.length === 0 || churning.length >= CHURNING_HOLDERS_MAX) return known;
  const all = [...churning, ...new Set(more)].slice(0, CHURNING_HOLDERS_MAX);
  return known.uses.reduce(withOne, { ...known, uses: [], churning: all });
}

/** With one more, who may be a further uid of one that is known. */
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
    further: ((known.further ?? '') + printOf(out.agent_uid)).slice(-FURTHER_LENGTH),
  };
}

/** Once it has a history of its own it is a holder by itself. */
function withLasting(known: Holders, step: PrivilegeStep): Holders {
  if (step.agent_workload !== undefined) return known;
  const coldStart = known.uses.find(
    (one) => one.agent_uid === step.agent_uid && one.agent_workload !== undefined,
  );
  if (coldStart === undefined) return known;
  const { agent_workload: _, workload_churns: __, ...lasting } = coldStart;
  return { ...known, uses: known.uses.map((one) => (one === coldStart ? lasting : one)) };
}

/** How many there are; at least so many, where there are more. */
export function holderCount({ uses, left = '' }: Holders): number {
  return uses.length + left.length / PRINT_LENGTH;
}

/** With one more of them; the same where it is known already. Nobody is left out yet. */
export function withHolder(known: Holders, step: PrivilegeStep): Holders {
  const { agent_workload: of } = step;
  const isChurning = of !== undefined && step.workload_churns === true;
  const before = isChurning ? withChurning(known, [of]) : withLasting(known, step);
  if (holds(before.left, step.agent_uid) || holds(before.further, step.agent_uid)) return before;
  if (isLeft(before.left, step.agent_uid) && !isProvenStep(step)) return before;
  const now = withOne(proven(before, step.agent_uid), step);
  // Who handed it over may be forgotten, that somebody did is not.
  const handed = now.uses.filter(handedOnes(now));
  const [sure, claimed] = [true, false].map((is) =>
    handed.filter((one) => isProvenDelegation(one) === is).map((one) => one.agent_uid),
  );
  return withHanded(withHanded(now, sure ?? []), claimed ?? [], 'word');
}

/** Without the print of one that was left out while nobody proved who it is. */
function proven(known: Holders, uid: string): Holders {
  const { left = '' } = known;
  const at = findPrint(left, unprovenPrint(uid), PRINT_LENGTH);
  if (at < 0) return known;
  return { ...known, left: withoutRecord(left, at, PRINT_LENGTH) };
}

function leastOf(known: Holders, spared: string | undefined): PrivilegeStep | undefined {
  const strange = new Set(strangers(known));
  const some = known.uses.slice(1).filter((one) => one.agent_uid !== spared);
  return (
    some.findLast((one) => !strange.has(one)) ?? some.find((one) => !isProvenStep(one)) ?? some[0]
  );
}

/** At most as many as are kept. `spared`: who is not left out, since nothing was told of it yet. */
export function fewHolders(known: Holders, spared?: string): Holders {
  if (known.uses.length <= HOLDERS_MAX) return known;
  const least = leastOf(known, spared);
  if (least === undefined) return known;
  return leftOut({ ...known, uses: known.uses.filter((one) => one !== least) }, least);
}

/** Who is no longer kept whole. */
function leftOut(known: Holders, least: PrivilegeStep): Holders {
  const { uses } = known;
  const up = least.parent_agent_uid;
  const isHolder =
    up !== undefined && (isLeft(known.left, up) || uses.some((one) => one.agent_uid === up));
  const isProven = isProvenDelegation(least);
  const handers = known.handers ?? '';
  const print = isProvenStep(least) ? printOf : unprovenPrint;
  const all = (known.left ?? '') + print(least.agent_uid);
  const left = all.slice(-HOLDERS_COUNTED_MAX * PRINT_LENGTH);
  return {
    ...(isHolder && !isProven ? withHanded(known, [up], 'word') : known),
    left,
    ...(isHolder && isProven && !holds(handers, up)
      ? { handers: (handers + printOf(up)).slice(-HANDERS_MAX * PRINT_LENGTH) }
      : {}),
    more: left === all ? known.more : 1,
  };
}
