/** Whether a passage asks (`imperative`) or only speaks (`mention`). */
export const PASSAGE_KINDS = ['imperative', 'mention'] as const;

export type PassageKind = (typeof PASSAGE_KINDS)[number];

/** Of 0 to 1; from here on it counts as planted. */
export const MARKED = 0.5;
