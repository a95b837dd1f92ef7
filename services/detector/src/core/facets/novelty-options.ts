/**
 * What a novelty facet is told: which value it judges, when a new one deserves an alarm, and what was said beforehand.
 */
import type { AuditEvent, Effect, Severity } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import type { Ages } from '../kept/declined-prints.ts';
import type { Excusable, Excuse, History } from './novelty-excuse.ts';

/** Effects whose first use deserves a person's look. */
export const EFFECTFUL: ReadonlySet<Effect> = new Set([
  'create',
  'delete',
  'execute',
  'send',
  'grant',
  'pay',
  'configure',
]);

export interface NoveltyOptions {
  readonly name: string;
  readonly ruleId: string;
  readonly severity: Severity | ((event: AuditEvent) => Severity);
  /** Weight of a bit of surprise in the score of the call. */
  readonly weight: number;
  /** What is judged; undefined when the event has none. */
  readonly valueOf: (event: AuditEvent) => string | undefined;
  /** Whether a new value deserves a person's look; left out: where the call had an effect. */
  readonly deserves?: (value: string, event: AuditEvent) => boolean;
  /** What was said of it beforehand. */
  readonly excuse?: (of: Excusable) => Excuse | undefined;
  /** What is kept beside of a call with a new value, when it is learnt, whether it counts or not. */
  readonly note?: (draft: Draft, event: AuditEvent, history: History) => void;
  /** Days of history that it wants beside calls: of what an agent grows into in its first days. */
  readonly daysMin?: (event: AuditEvent) => number;
  /** Of what of the agent the history is; left out, and where undefined: of the agent as a whole. */
  readonly within?: (event: AuditEvent) => string | undefined;
  /** Where that part has too short a history, the agent as a whole is asked, after so many days. */
  readonly wholeAfterDays?: number;
  /** The value that the same would have had where its source told less: what is known so is not new. */
  readonly toldLess?: (event: AuditEvent) => string;
  /** Each agent has its own: peers make none of them quiet; left out: they do. */
  readonly isOwn?: true;
  /** It tells a reader from a writer: only agents of its kind make it quiet, not anybody in the tenant. */
  readonly isOfKind?: true;
  /**
   * Days until what was declined is released, if it came again; left out: those of a kind of act. Longer for a
   * value that whoever plants a text chooses (a destination): it is the value that is doubted.
   */
  readonly releasedAfter?: Ages;
  /** Whether nothing says what a call does, so that its alarm says that; left out: never. */
  readonly isUnknown?: (event: AuditEvent) => boolean;
  /** The value in words: what was done (`deleted something`), of a call that is not known to have: `to delete something`. */
  readonly describe: (value: string, event: AuditEvent, isDone: boolean) => string;
}
