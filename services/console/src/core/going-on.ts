/** What tells that access is still used, though no call of the subject itself was seen to go through. */

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
  readonly why: 'no_task' | 'other_task' | 'unknown_outcome' | 'under_way' | 'late_record';
}

const NOBODY_CAN_TELL = 'whether it goes on with what was stopped, nobody can tell';

/** What is said of it after who made it, and with what. */
export const WHY_UNTIED: Readonly<Record<WentOn['why'], string>> = {
  no_task: `that names no task, and it went through; ${NOBODY_CAN_TELL}`,
  other_task: `in a task that was not known before, and it went through; ${NOBODY_CAN_TELL}`,
  unknown_outcome: 'of which nobody says how it came out; whether it was stopped, nobody can tell',
  under_way: 'that had begun before, and it went through; nothing since has shown that it holds',
  late_record:
    'that was made before the order by its own clock, and received after; whether it is a late record or the clock is behind, nobody can tell',
};

export interface GoingOn {
  /** Null: nobody has, or its own agent too. */
  readonly used_by_other: UsedByOther | null;
  /** Null: nobody has. */
  readonly untied: WentOn | null;
  /** Since then no call is held against the order. Null: each is. */
  readonly unwatched_since: string | null;
}
