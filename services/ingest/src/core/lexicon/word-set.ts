export type WordSet = ReadonlySet<string>;

export const words = (list: string): WordSet => new Set(list.split(' '));
export const has = (name: WordSet, any: WordSet) => [...name].some((word) => any.has(word));
export const one = (name: WordSet, ...any: string[]) => any.some((word) => name.has(word));
