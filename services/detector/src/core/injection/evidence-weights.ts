/** Written by `npm run evidence:fit`: what each term of the evidence (`evidence.ts`) is worth. */
export const EVIDENCE_WEIGHTS = {
  bias: -4.93,
  /** Probabilities from which on a tied call is `high`, and any call `medium`. */
  high: 0.5,
  medium: 0.5,
  weights: {
    tied: 4.64,
    mark: 2.37,
    tool_named: 0.69,
    tool_words: 3.7,
    effect_named: 0.91,
    value_elsewhere: -0.96,
    values_read: 1.57,
    words_read: 1.93,
    words_asked: -2.59,
    reads_only: 2.9,
    sent_there: -0.14,
    acts: 2.31,
    writes: 0.66,
    effect_unknown: 0.61,
    outsiders_write: 1.03,
  },
};
