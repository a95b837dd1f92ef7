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
}

export interface TakenAct extends OperatorAct {
  readonly key?: string;
}

export function approvalOf({ by, at, key }: TakenAct): Approval {
  return { by, at, ...(key === undefined ? {} : { key }) };
}

export function isSamePerson(a: Pick<Approval, 'by' | 'key'>, b: typeof a): boolean {
  return a.by === b.by || (a.key !== undefined && a.key === b.key);
}

/** In time. */
export function isAgreed(first: Approval | undefined, second: Approval): first is Approval {
  if (first === undefined || isSamePerson(first, second)) return false;
  return Math.abs(epochMs(second.at) - epochMs(first.at)) <= AGREE_WITHIN_MS;
}

export function inCommand(approvals: readonly Approval[]): RevocationCommand['approvals'] {
  return approvals.map(({ by, at }) => ({ by, at }));
}
