/** What tells that access is still used, though no call of the subject itself was seen to go through. */

/** Somebody else got through with the credential that was taken. */
export interface UsedByOther {
  readonly by: string;
  readonly at: string;
  readonly credential: string;
}

/** A contained agent got through in a call that names no task; null: with no credential that is named. */
interface WentOn {
  readonly by: string;
  readonly at: string;
  readonly credential: string | null;
}

export interface GoingOn {
  /** Null: nobody has, or its own agent too. */
  readonly used_by_other: UsedByOther | null;
  /** Null: nobody has. */
  readonly untied: WentOn | null;
  /** Since then no call is held against the order. Null: each is. */
  readonly unwatched_since: string | null;
}
