/**
 * Who agreed: people are told apart by their keys and not by their names alone. One key that is called
 * otherwise in the next version of the registry is the same person, and agrees with nobody.
 */
import { epochMs, type OperatorAct, type RevocationCommand } from '@waywarden/schemas';

/** The second person must agree within this; later it is a new first. */
export const AGREE_WITHIN_MS = 15 * 60_000;

export interface Approval {
  readonly by: string;
  readonly at: string;
  /** Which key signed it; unknown of what was kept by an earlier version. */
  readonly key?: string;
}

/** An act with what the desk knows of its signature. */
export interface TakenAct extends OperatorAct {
  readonly key?: string;
}

export function approvalOf({ by, at, key }: TakenAct): Approval {
  return { by, at, ...(key === undefined ? {} : { key }) };
}

export function isSamePerson(a: Pick<Approval, 'by' | 'key'>, b: typeof a): boolean {
  return a.by === b.by || (a.key !== undefined && a.key === b.key);
}

/** Whether the second of two agrees with the first, in time. */
export function isAgreed(first: Approval | undefined, second: Approval): first is Approval {
  if (first === undefined || isSamePerson(first, second)) return false;
  return Math.abs(epochMs(second.at) - epochMs(first.at)) <= AGREE_WITHIN_MS;
}

/** As a command names them. */
export function inCommand(approvals: readonly Approval[]): RevocationCommand['approvals'] {
  return approvals.map(({ by, at }) => ({ by, at }));
}
