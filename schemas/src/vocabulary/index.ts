/** Closed word lists of the wire. */
export { ITEM_CLASSES, type ItemClass } from './item-class.ts';
export { MARKED, PASSAGE_KINDS, type PassageKind } from './passage-kind.ts';
