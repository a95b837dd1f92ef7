/** Written by `npm run evidence:fit`: what each term of the evidence (`judge-hijack.ts`) is worth. */
export const EVIDENCE_WEIGHTS = {
  bias: -5,
  /** Probabilities from which on a tied call is `high`, and any call `medium`. */
  high: 0.5,
  medium: 0.5,
  weights: {
    tied: 4.63,
    mark: 2.21,
    tool_named: 0.98,
    tool_words: 3.8,
    effect_named: 0.92,
    value_elsewhere: -0.93,
    values_read: 1.75,
    words_read: 1.88,
    words_asked: -2.52,
    reads_only: 2.86,
    acts: 2.43,
    writes: 0.52,
    effect_unknown: 0.62,
    outsiders_write: 1.09,
  },
};
