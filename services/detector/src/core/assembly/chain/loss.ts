/** One kind of evidence of one agent that a chain gave up at a bound; apart from the words for it, since state holds it. */

/** Calls that were kept and given up, calls of agents that found no room, links to or from others. */
export type LostKind = 'calls' | 'agents' | 'links';

export interface Loss {
  readonly kind: LostKind;
  /** Empty: agents beyond those that are named. */
  readonly agent: string;
  readonly count: number;
  /** Event time of the earliest. */
  readonly since: string;
  /** What they could do, the first few; absent where that is not known. */
  readonly symbols: readonly string[];
}
