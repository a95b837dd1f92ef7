/**
 * Who calls with a credential: whom it came to by handed work, and who is strange to it. Of a strange holder an
 * analyst must hear whenever it comes; of one that was handed work, how many there are is enough. So whoever comes is
 * judged beside all that are kept, and only then is somebody left out: the latest that was handed work, else the
 * earliest strange one of whom nobody proves who it is, else the earliest strange one. All of them were told by then.
 *
 * Of those that are left out a print stays, so that none is counted or told twice, and that whoever one of them handed
 * work to is not strange. Rejected: the first of all (who fills the table hides himself), and the last of all (so does
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

export interface Holders {
  /** The first call of each agent with it, in order. */
  readonly uses: readonly PrivilegeStep[];
  /** Prints of those that are left out, in the order in which they were. */
  readonly left?: string;
  /** Prints of those that handed work to one of them. */
  readonly handers?: string;
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
export function strangers({ uses, left, handers }: Holders): readonly PrivilegeStep[] {
  const all = new Set(uses.map((one) => one.agent_uid));
  const parents = new Set(
    uses.flatMap(({ parent_agent_uid: up, agent_uid }) =>
      up === undefined || up === agent_uid ? [] : [up],
    ),
  );
  const isKnown = (uid: string) => all.has(uid) || holds(left, uid) || holds(handers, uid);
  return uses.slice(1).filter(({ agent_uid: uid, parent_agent_uid: up }) => {
    if (parents.has(uid) || holds(handers, uid)) return false;
    return up === undefined || up === uid || !isKnown(up);
  });
}

/** How many there are; at least so many, where there are more. */
export function holderCount({ uses, left = '' }: Holders): number {
  return uses.length + left.length / PRINT_LENGTH;
}

/** With one more of them; the same where it is known already. Nobody is left out yet. */
export function withHolder(known: Holders, step: PrivilegeStep): Holders {
  if (holds(known.left, step.agent_uid)) return known;
  const uses = withFirst(known.uses, step);
  return uses === known.uses ? known : { ...known, uses };
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
  const uses = known.uses.filter((one) => one !== least);
  const up = least.parent_agent_uid;
  const isHolder =
    up !== undefined && (holds(known.left, up) || uses.some((one) => one.agent_uid === up));
  const handers = known.handers ?? '';
  const all = (known.left ?? '') + printOf(least.agent_uid);
  const left = all.slice(-HOLDERS_COUNTED_MAX * PRINT_LENGTH);
  return {
    uses,
    left,
    ...(isHolder && !holds(handers, up)
      ? { handers: (handers + printOf(up)).slice(-HANDERS_MAX * PRINT_LENGTH) }
      : known.handers === undefined
        ? {}
        : { handers }),
    more: left === all ? known.more : 1,
  };
}
