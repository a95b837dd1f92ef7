/** A feature: one question asked of a call. `score` never writes, `learn` never scores; scoring comes first. */
import type { Alert, AuditEvent, RegistryAgent } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import type { Score } from '../alerting/alarm.ts';
import { dateOfDay } from '../domain/day.ts';

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

/** What alarmed and went on so long is usual. */
export const USUAL_AFTER_DAYS = 30;

interface OwnHistory {
  /** Days since 1970. */
  readonly sinceDay: number;
  readonly day: number;
  readonly n: number;
}

export function ownBaseline({ sinceDay, day, n }: OwnHistory): NonNullable<Alert['baseline']> {
  const since = `${dateOfDay(sinceDay)}T00:00:00Z`;
  return { version: dateOfDay(day), level: 'agent', since, n };
}
