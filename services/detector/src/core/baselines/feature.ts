/**
 * A feature: one question that the profile stage asks of a call ("has this agent used this tool?"). `score` reads and
 * never writes, `learn` writes and never scores: a call is scored against what was known before it.
 */
import type { AuditEvent, RegistryAgent } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import type { Score } from '../alerting/alarm.ts';

/**
 * What of a call may become normal: all of it; what was doubted or lacked a decision (`doubtful`), nothing of it at
 * once; what alarmed (`flagged`), nothing of it before people had time to answer.
 */
export type Flag = 'clear' | 'doubtful' | 'flagged';

/** What an agent's peers are told of what a feature has learnt of it. */
export interface SharedBaseline {
  /** By value (a fingerprint or a number), how often. */
  readonly counts?: readonly (readonly [value: string, count: number])[];
  /** By series, the largest of each finished day (`volume/series.ts`). */
  readonly maxima?: readonly (readonly [series: string, logs: readonly number[]])[];
}

export interface Feature {
  readonly name: string;
  /** Of which activities it is asked; left out: of the acts of an agent. */
  readonly activities?: ReadonlySet<string>;
  /** Null when it abstains: it has nothing to say of this call, or too little history. */
  score(transaction: Transaction, event: AuditEvent, registered?: RegistryAgent): Score | null;
  learn(transaction: Transaction, event: AuditEvent, flag: Flag): void;
  /** What is known of the agent of this event, before it. */
  share?(transaction: Transaction, event: AuditEvent): SharedBaseline;
}
