/** The closed word lists of the wire, each in one file that says why these words. */
export { ITEM_CLASSES, type ItemClass } from './item-class.ts';
export { MARKED, PASSAGE_KINDS, type PassageKind } from './passage-kind.ts';
