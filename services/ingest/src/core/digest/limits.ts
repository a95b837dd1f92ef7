/**
 * How much a digest may hold. Attackers choose the text, so every list has a bound; the wire's own
 * bounds (schemas: PASSAGES_MAX, ITEMS_MAX, TOKENS_MAX, VALUES_MAX) are never below these. Reading is
 * not bounded: a prefix limit would tell an attacker where to hide.
 */

/** Passages kept of one result; the strongest stay (p99 of real results is 6). */
export const PASSAGES_MAX = 16;
/** Of these, how many may be mere mentions. */
export const MENTIONS_MAX = 8;
/** Distinct words kept of one passage and its neighbours (p99 of a whole result is 170). */
export const PASSAGE_TOKENS_MAX = 96;
export const PASSAGE_IDS_MAX = 16;
/** Identifiers kept of one result, for free text and fields each. */
export const RESULT_IDS_MAX = 64;
/** Leaf values of one call's arguments. */
export const ITEMS_MAX = 32;
export const ITEM_TOKENS_MAX = 64;
export const ITEM_IDS_MAX = 16;
export const ARGUMENT_DEPTH_MAX = 16;
/** Nodes of an argument tree that are visited at all. */
export const ARGUMENT_NODES_MAX = 2_000;
export const PATH_LENGTH_MAX = 128;
export const REQUEST_TOKENS_MAX = 512;
export const REQUEST_IDS_MAX = 64;
export const REQUEST_SOURCES_MAX = 64;
export const TOOL_OBJECTS_MAX = 24;
/** A longer run of word characters is noise or an encoding; it is cut to this before hashing. */
export const TOKEN_LENGTH_MAX = 128;
/** Words looked at on each side of a passage, whatever its neighbours hold. */
export const WINDOW_WORDS_MAX = 160;
