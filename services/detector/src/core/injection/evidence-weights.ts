/** Written by `npm run evidence:fit`: what each term of the evidence (`evidence.ts`) is worth. */
export const EVIDENCE_WEIGHTS = {
  bias: -5.01,
  /** Probabilities from which on a tied call is `high`, and any call `medium`. */
  high: 0.5,
  medium: 0.5,
  weights: {
    tied: 4.72,
    mark: 2.26,
    tool_named: 0.7,
    tool_words: 3.75,
    effect_named: 0.94,
    value_elsewhere: -0.86,
    values_read: 1.68,
    words_read: 2.01,
    words_asked: -2.5,
    reads_only: 2.83,
    sent_there: 0,
    acts: 2.43,
    writes: 0.53,
    effect_unknown: 0.63,
    outsiders_write: 1.01,
  },
};
