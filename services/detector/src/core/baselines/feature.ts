/** A feature: one question asked of a call. `score` never writes, `learn` never scores; scoring comes first. */
import type { AuditEvent, RegistryAgent } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import type { Score } from '../alerting/alarm.ts';

/**
 * What may become normal: all of it; nothing at once (`doubtful`); nothing before people had time to answer
 * (`flagged`).
 */
export type Flag = 'clear' | 'doubtful' | 'flagged';

/** What peers are given of it. */
export interface SharedBaseline {
  /** By value (a fingerprint or a number), how often. */
  readonly counts?: readonly (readonly [value: string, count: number])[];
  /** By series, the largest of each finished day (`volume/series.ts`). */
  readonly maxima?: readonly (readonly [series: string, logs: readonly number[]])[];
}

export interface Feature {
  readonly name: string;
  /** Left out: the acts of an agent. */
  readonly activities?: ReadonlySet<string>;
  /** Null when it abstains. */
  score(transaction: Transaction, event: AuditEvent, registered?: RegistryAgent): Score | null;
  learn(transaction: Transaction, event: AuditEvent, flag: Flag): void;
  share?(transaction: Transaction, event: AuditEvent): SharedBaseline;
}
