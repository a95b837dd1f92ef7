/** What tells that access is still used, though no call of the subject itself was seen to go through. */
import type { WhyUntied } from '@waywarden/schemas';

/** Somebody else got through with the credential that was taken. */
export interface UsedByOther {
  readonly by: string;
  readonly at: string;
  readonly credential: string;
}

/** A call of a contained agent of which nobody can tell whether it was stopped, and why. */
interface WentOn {
  readonly by: string;
  readonly at: string;
  /** Null: it names none. */
  readonly credential: string | null;
  readonly why: WhyUntied;
}

const NOBODY_KNOWS = 'whether it goes on with what was stopped, nobody can tell';

/** What is said of it after who made it, and with what. */
export const UNTIED_WORDS: Readonly<Record<WhyUntied, string>> = {
  no_task: `that names no task, and it went through; ${NOBODY_KNOWS}`,
  other_task: `in another task, and it went through; ${NOBODY_KNOWS}`,
  no_instance: `that names no instance, and it went through; ${NOBODY_KNOWS}`,
  no_conversation: `that names no conversation, and it went through; ${NOBODY_KNOWS}`,
  no_credential: `that names no credential, and it went through; ${NOBODY_KNOWS}`,
  no_tool: `that does not say of which server the tool is, and it went through; ${NOBODY_KNOWS}`,
  unknown_outcome:
    'of which nobody says that it was refused or that it went through; whether it was stopped, nobody can tell',
  under_way: 'that had begun before, and it went through; nothing since has shown that it holds',
  late_record:
    'that was made before the order by its own clock, and received after; whether it is a late record or the clock is behind, nobody can tell',
  claimed_approved:
    'that a person has approved, as only its own record says; whether one was asked, nobody can tell',
};

export interface GoingOn {
  /** Null: nobody has, or its own agent too. */
  readonly used_by_other: UsedByOther | null;
  /** Null: nobody has. */
  readonly untied: WentOn | null;
  /** Since then no call is held against the order. Null: each is. */
  readonly unwatched_since: string | null;
}
