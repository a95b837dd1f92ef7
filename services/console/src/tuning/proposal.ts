import { createHash } from 'node:crypto';
import type { Alert, Registry } from '@waywarden/schemas';
import type { BoardEntry } from '../core/triage/triage-board.ts';
import type { TuningOption } from '../core/triage/tuning.ts';

export type Option = Omit<TuningOption, 'print' | 'proposed_by'>;

export interface AskedAlert {
  readonly entry: BoardEntry;
  readonly alert: Alert;
}

export interface TuningProposal {
  readonly option: Option;
  /** Of a change of the registry: what is added, and the registry that it makes. */
  readonly entryOf: (
    by: string,
    reason: string,
  ) => { readonly entry: object; readonly next: Registry };
}

export const printOf = (option: Option, version: string | null): string => {
  const { gone, true_positives: right, unjudged, contained } = option.effect ?? {};
  const seen = [option.what, option.entry, option.scope, version, gone, right, unjudged, contained];
  return createHash('sha256').update(JSON.stringify(seen)).digest('base64url').slice(0, 22);
};
