/**
 * Whether a passage asks for its action (`imperative`) or only speaks of it (`mention`). Mentions
 * weigh less; they are kept for planted text whose verb we don't know or that is put indirectly.
 */
export const PASSAGE_KINDS = ['imperative', 'mention'] as const;

export type PassageKind = (typeof PASSAGE_KINDS)[number];
