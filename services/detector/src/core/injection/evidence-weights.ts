/** Written by `npm run evidence:fit`: what each term of the evidence (`evidence.ts`) is worth. */
export const EVIDENCE_WEIGHTS = {
  bias: -4.75,
  /** Probabilities from which on a tied call is `high`, and any call `medium`. */
  high: 0.5,
  medium: 0.5,
  weights: {
    tied: 4.6,
    mark: 2.21,
    tool_named: 1.26,
    tool_words: 3.79,
    effect_named: 1.38,
    value_ordered: 0,
    value_elsewhere: -0.24,
    values_read: 1.74,
    words_read: 2.2,
    words_asked: -4.19,
    reads_only: 0.87,
    sent_there: -0.42,
    acts: 2.09,
    writes: 0,
    effect_unknown: 0.96,
    outsiders_write: 0.69,
  },
};
