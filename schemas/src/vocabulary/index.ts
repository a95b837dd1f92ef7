/** The closed word lists of the wire, each in one file that says why these words. */
export { ACTION_GROUPS, type ActionGroup } from './action-group.ts';
export { ITEM_CLASSES, type ItemClass } from './item-class.ts';
export { META_CLASSES, type MetaClass } from './meta-class.ts';
export { PASSAGE_KINDS, type PassageKind } from './passage-kind.ts';
