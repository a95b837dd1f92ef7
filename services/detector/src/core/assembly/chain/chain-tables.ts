/** The tables by which a chain's steps are found again: of an agent, of a value, of a hand-over. */
import { type ChainStep, lateMsOf } from './chain-step.ts';

/** Steps in order of arrival, and how far their times and sequences go. */
export interface StepTable {
  readonly steps: readonly number[];
  readonly lastMs: number;
  readonly lastSeq: number;
  /** The time quality of all of them, or `mixed`. */
  readonly quality: string;
}

export interface ValueTable {
  readonly made: readonly number[];
  readonly used: readonly number[];
  readonly credential: readonly number[];
}

/** Steps by a join of hand-over and child: a span, a delegation reference, a delegate's name. */
export interface JoinTable {
  readonly over: readonly number[];
  readonly under: readonly number[];
}

export const NO_STEPS: StepTable = {
  steps: [],
  lastMs: Number.MIN_SAFE_INTEGER,
  lastSeq: -1,
  quality: '',
};
export const NO_VALUE: ValueTable = { made: [], used: [], credential: [] };
export const NO_JOIN: JoinTable = { over: [], under: [] };

export function withStep(table: StepTable, step: ChainStep): StepTable {
  const quality = step.wire.event_time_quality;
  return {
    steps: [...table.steps, step.n],
    lastMs: Math.max(table.lastMs, step.ms + lateMsOf(step)),
    lastSeq: Math.max(table.lastSeq, step.wire.source_seq?.seq ?? -1),
    quality: table.quality === '' || table.quality === quality ? quality : 'mixed',
  };
}
