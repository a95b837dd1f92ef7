/** Written by `npm run evidence:fit`: what each term of the evidence (`evidence.ts`) is worth. */
export const EVIDENCE_WEIGHTS = {
  bias: -5.03,
  /** Probabilities from which on a tied call is `high`, and any call `medium`. */
  high: 0.5,
  medium: 0.5,
  weights: {
    tied: 4.72,
    mark: 2.25,
    tool_named: 0.7,
    tool_words: 3.75,
    effect_named: 0.98,
    value_elsewhere: -0.85,
    values_read: 1.68,
    words_read: 2,
    words_asked: -2.51,
    reads_only: 2.82,
    sent_there: 0,
    acts: 2.45,
    writes: 0.54,
    effect_unknown: 0.65,
    outsiders_write: 1,
  },
};
