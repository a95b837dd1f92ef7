/**
 * Who calls with a credential: whom it came to by handed work, and who is strange to it. Of a strange holder an
 * analyst must hear whenever it comes; of one that was handed work, how many there are is enough. So whoever comes is
 * judged beside all that are kept, and only then is somebody left out: the latest that was handed work, else the
 * earliest strange one of whom nobody proves who it is, else the earliest strange one. All of them were told by then.
 *
 * Of those that are left out a print stays, so that none is counted or told twice, and that whoever one of them handed
 * work to is not strange.
 *
 * Uids of a workload whose every run is a new one (`../profile/churned-uids.ts`) are one holder, as one agent of a
 * lasting uid would be: which of them is somebody else's shows in where it calls from, and not in its name. Rejected: the first of all (who fills the table hides himself), and the last of all (so does
 * who comes before a crowd of workers).
 */
import { assuranceAtLeast, epochMs, type PrivilegeStep, shortPrint } from '@waywarden/schemas';
import { findPrint } from '../kept/print-table.ts';
import { NOTE_EVIDENCE_MAX } from './note-alert.ts';

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
  /** The first call of each agent with it, in order. */
  readonly uses: readonly PrivilegeStep[];
  /** Prints of those that are left out, in the order in which they were. */
  readonly left?: string;
  /** Prints of those that handed work to one of them. */
  readonly handers?: string;
  /** Prints of those to whom one handed work. */
  readonly handed?: string;
  /** Prints of further uids of a workload that is one of them. */
  readonly further?: string;
  /** Workloads whose every run is a new uid. */
  readonly churning?: readonly string[];
  /** More than zero: there are more, whom nothing is known of any longer. */
  readonly more: number;
}

export function inOrder(a: PrivilegeStep, b: PrivilegeStep): number {
  const byTime = epochMs(a.event_time) - epochMs(b.event_time);
  return byTime !== 0 ? byTime : a.event_id < b.event_id ? -1 : 1;
}

/** The earliest of each agent and kind. */
export function withFirst(
  known: readonly PrivilegeStep[],
  step: PrivilegeStep,
): readonly PrivilegeStep[] {
  const isSame = (one: PrivilegeStep) =>
    one.agent_uid === step.agent_uid && one.activity === step.activity;
  const before = known.find(isSame);
  if (before !== undefined && inOrder(before, step) <= 0) return known;
  return [...known.filter((one) => !isSame(one)), step].sort(inOrder);
}

export const isProvenStep = (step: PrivilegeStep) =>
  assuranceAtLeast(step.agent_assurance, 'authenticated');

const printOf = (uid: string) => shortPrint(uid, PRINT_LENGTH);

function holds(prints: string | undefined, uid: string): boolean {
  return prints !== undefined && findPrint(prints, printOf(uid), PRINT_LENGTH) >= 0;
}

/** Those to whom no other holder handed work, and who handed none to one; but for the first, whose it is. */
export function strangers(known: Holders): readonly PrivilegeStep[] {
  const { uses, handers, handed } = known;
  const parents = new Set(
    uses.flatMap(({ parent_agent_uid: up, agent_uid }) =>
      up === undefined || up === agent_uid ? [] : [up],
    ),
  );
  const isHanded = handedOnes(known);
  return uses.slice(1).filter((one) => {
    const { agent_uid: uid } = one;
    if (parents.has(uid) || holds(handers, uid) || holds(handed, uid)) return false;
    return !isHanded(one);
  });
}

/** Whose call says that a holder handed it work. */
function handedOnes({ uses, left, handers, further }: Holders): (one: PrivilegeStep) => boolean {
  const all = new Set(uses.map((one) => one.agent_uid));
  const isKnown = (uid: string) =>
    all.has(uid) || [left, handers, further].some((prints) => holds(prints, uid));
  return ({ agent_uid: uid, parent_agent_uid: up }) =>
    up !== undefined && up !== uid && isKnown(up);
}

/** A holder handed work to these. */
export function withHanded(known: Holders, uids: readonly string[]): Holders {
  const { handed = '' } = known;
  const more = uids.filter((uid) => !holds(handed, uid)).map(printOf);
  if (more.length === 0) return known;
  return { ...known, handed: (handed + more.join('')).slice(-HANDED_MAX * PRINT_LENGTH) };
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
  return known.uses.reduce<Holders>(withOne, { ...known, uses: [], churning: all });
}

/** With one more, who may be a further uid of one that is known. */
function withOne(known: Holders, step: PrivilegeStep): Holders {
  const isRun = isOfRuns(known, step);
  const same = known.uses.find(
    (one) =>
      one.agent_uid === step.agent_uid || (isRun && one.agent_workload === step.agent_workload),
  );
  if (same === undefined || same.agent_uid === step.agent_uid) {
    const uses = withFirst(known.uses, step);
    return uses === known.uses ? known : { ...known, uses };
  }
  const isEarlier = inOrder(step, same) < 0;
  const [kept, out] = isEarlier ? [step, same] : [same, step];
  const others = known.uses.filter((one) => one !== same);
  const further = ((known.further ?? '') + printOf(out.agent_uid)).slice(-FURTHER_LENGTH);
  return { ...known, uses: [...others, kept].sort(inOrder), further };
}

/** Once it has a history of its own it is a holder by itself. */
function withLasting(known: Holders, step: PrivilegeStep): Holders {
  if (step.agent_workload !== undefined) return known;
  const young = known.uses.find(
    (one) => one.agent_uid === step.agent_uid && one.agent_workload !== undefined,
  );
  if (young === undefined) return known;
  const { agent_workload: _, workload_churns: __, ...lasting } = young;
  return { ...known, uses: known.uses.map((one) => (one === young ? lasting : one)) };
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
  const now = withOne(before, step);
  // Who handed it over may be forgotten, that somebody did is not.
  const isHanded = handedOnes(now);
  return withHanded(
    now,
    now.uses.filter(isHanded).map((one) => one.agent_uid),
  );
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
    up !== undefined && (holds(known.left, up) || uses.some((one) => one.agent_uid === up));
  const handers = known.handers ?? '';
  const all = (known.left ?? '') + printOf(least.agent_uid);
  const left = all.slice(-HOLDERS_COUNTED_MAX * PRINT_LENGTH);
  return {
    ...known,
    left,
    ...(isHolder && !holds(handers, up)
      ? { handers: (handers + printOf(up)).slice(-HANDERS_MAX * PRINT_LENGTH) }
      : {}),
    more: left === all ? known.more : 1,
  };
}
