/** Reading is not bounded: a prefix would tell where to hide. */

export const PASSAGE_SENTENCES_MAX = 16;
export const PASSAGE_TOKENS_MAX = 160;
export const PASSAGE_IDS_MAX = 32;
export const RESULT_IDS_MAX = 64;
export const ITEM_TOKENS_MAX = 64;
export const ITEM_IDS_MAX = 16;
export const ARGUMENT_DEPTH_MAX = 16;
export const ARGUMENT_NODES_MAX = 2_000;
export const PATH_LENGTH_MAX = 128;
export const REQUEST_TOKENS_MAX = 512;
export const REQUEST_IDS_MAX = 64;
export const REQUEST_SOURCES_MAX = 64;
export const TOOL_OBJECTS_MAX = 24;
