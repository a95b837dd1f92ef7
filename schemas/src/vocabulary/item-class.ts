/**
 * How long an argument's value is: an atom of at most 3 words, a phrase of at most 12, or a text. A
 * short value that comes from a passage is strong evidence; of a long one, a share of words is.
 */
export const ITEM_CLASSES = ['atom', 'phrase', 'text'] as const;

export type ItemClass = (typeof ITEM_CLASSES)[number];
