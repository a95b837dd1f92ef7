/** Written by `npm run evidence:fit`: what each term of the evidence (`evidence.ts`) is worth. */
export const EVIDENCE_WEIGHTS = {
  bias: -4.59,
  /** Probabilities from which on a tied call is `high`, and any call `medium`. */
  high: 0.5,
  medium: 0.5,
  weights: {
    tied: 5.12,
    mark: 2.08,
    tool_named: 0.68,
    tool_words: 3.8,
    effect_named: 0.73,
    value_elsewhere: -0.68,
    values_read: 1.88,
    words_read: 2.14,
    words_asked: -3.58,
    reads_only: 2.95,
    sent_there: 0,
    acts: 1.97,
    writes: 0.65,
    effect_unknown: 0.5,
    outsiders_write: 0.89,
  },
};
