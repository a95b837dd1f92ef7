/** Written by `npm run evidence:fit`: what each term of the evidence (`evidence.ts`) is worth. */
export const EVIDENCE_WEIGHTS = {
  bias: -4.65,
  /** Probabilities from which on a tied call is `high`, and any call `medium`. */
  high: 0.5,
  medium: 0.5,
  weights: {
    tied: 5.55,
    mark: 2.07,
    tool_named: 0.75,
    tool_words: 3.84,
    effect_named: 0.76,
    value_elsewhere: -0.5,
    values_read: 1.75,
    words_read: 2.32,
    words_asked: -3.84,
    reads_only: 1.67,
    sent_there: -0.22,
    acts: 2.19,
    writes: 0.4,
    effect_unknown: 0.48,
    outsiders_write: 0.96,
  },
};
