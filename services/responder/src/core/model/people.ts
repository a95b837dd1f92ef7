/** Who agreed: people are told apart by keys, not names. */
import {
  AGREE_WITHIN_MS,
  epochMs,
  type OperatorAct,
  type RevocationCommand,
} from '@waywarden/schemas';

export interface Approval {
  readonly by: string;
  readonly at: string;
  readonly key?: string;
  readonly holders?: readonly string[];
}

export interface TakenAct extends OperatorAct {
  readonly key?: string;
}

export function approvalOf({ by, at, key, holders = [] }: TakenAct): Approval {
  return {
    ...{ by, at },
    ...(key === undefined ? {} : { key }),
    ...(holders.length === 0 ? {} : { holders }),
  };
}

export function isSamePerson(a: Pick<Approval, 'by' | 'key'>, b: typeof a): boolean {
  return a.by === b.by || (a.key !== undefined && a.key === b.key);
}

const couldBe = (one: Approval, other: Approval) => one.holders?.includes(other.by) === true;

function isInTime(first: Approval, second: Approval): boolean {
  return Math.abs(epochMs(second.at) - epochMs(first.at)) <= AGREE_WITHIN_MS;
}

export function isAgreed(first: Approval | undefined, second: Approval): first is Approval {
  if (first === undefined || isSamePerson(first, second)) return false;
  return isInTime(first, second);
}

/** One could sign in as the other: the first waits on for somebody else. */
export function isOneHand(first: Approval | undefined, second: Approval): boolean {
  if (first === undefined || isSamePerson(first, second) || !isInTime(first, second)) return false;
  return couldBe(first, second) || couldBe(second, first);
}

export function inCommand(approvals: readonly Approval[]): RevocationCommand['approvals'] {
  return approvals.map(({ by, at }) => ({ by, at }));
}
