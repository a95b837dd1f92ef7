/** Written by `npm run evidence:fit`: what each term of the evidence (`evidence.ts`) is worth. */
export const EVIDENCE_WEIGHTS = {
  bias: -4.61,
  /** Probabilities from which on a tied call is `high`, and any call `medium`. */
  high: 0.5,
  medium: 0.5,
  weights: {
    tied: 5.1,
    mark: 1.83,
    tool_named: 0.96,
    tool_words: 3.82,
    effect_named: 0.81,
    value_elsewhere: -0.36,
    values_read: 1.68,
    words_read: 2.15,
    words_asked: -3.79,
    reads_only: 1.54,
    sent_there: -0.21,
    acts: 2.22,
    writes: 0.3,
    effect_unknown: 0.56,
    outsiders_write: 0.79,
  },
};
