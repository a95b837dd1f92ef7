/** What a score is made of; shared by the scoring and its explanation. */
export interface ScoreParts {
  readonly match: number;
  readonly newIdentifier: number;
  readonly secret: number;
  readonly context: number;
}

/** How far the request itself supports the action. */
export interface Support {
  readonly verb: boolean;
  readonly object: boolean;
}

export function supportShare({ verb, object }: Support): number {
  if (verb && object) return 1;
  if (verb) return 0.6;
  return object ? 0.3 : 0;
}
