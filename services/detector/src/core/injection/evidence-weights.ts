/** Written by `npm run evidence:fit`: what each term of the evidence (`evidence.ts`) is worth. */
export const EVIDENCE_WEIGHTS = {
  bias: -4.45,
  /** Probabilities from which on a tied call is `high`, and any call `medium`. */
  high: 0.5,
  medium: 0.5,
  weights: {
    tied: 5.14,
    mark: 2.44,
    tool_words: 4.43,
    values_read: 1.49,
    words_read: 2.08,
    words_asked: -2.32,
    reads_only: 2.93,
    acts: 1.81,
    outsiders_write: 1.15,
  },
};
