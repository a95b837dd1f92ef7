/**
 * Whether a passage asks for its action (`imperative`) or only speaks of it (`mention`). Mentions
 * weigh less; they are kept for planted text whose verb we don't know or that is put indirectly.
 */
export const PASSAGE_KINDS = ['imperative', 'mention'] as const;

export type PassageKind = (typeof PASSAGE_KINDS)[number];

/** From this mark on, of 0 to 1, a passage counts as planted. */
export const MARKED = 0.5;
