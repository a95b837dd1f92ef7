/** An argument's length: atom (3 words), phrase (12), text. Short values are strong evidence. */
export const ITEM_CLASSES = ['atom', 'phrase', 'text'] as const;

export type ItemClass = (typeof ITEM_CLASSES)[number];
