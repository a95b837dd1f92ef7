/**
 * Every bound of the assembly stage; whoever hits one is told (`evaluable: false`, `not_visible`). Recorded runs
 * have 3 to 20 calls.
 */
/** 2 MiB for the worst chain. */
export const CHAIN_STEPS_MAX = 2048;
/** One scan serves many steps. */
export const EVICTION_BATCH = 256;
/** One more is counted, not stored. */
export const CHAIN_AGENTS_MAX = 256;
/** Past it, whoever opened most loses some. */
export const CHAINS_MAX = 100_000;
export const CHAINS_EVICTED = 64;
export const CHAINS_LOOKED_MAX = 256;
/** The rest goes with the next watermark. */
export const CHAINS_EXPIRED_MAX = 256;
export const GONE_CHAINS_MAX = 1024;
/** Kept for days only because of what they brought. */
export const LINEAGE_CHAINS_MAX = 8192;
/** Kept for their principal only. */
export const PRINCIPAL_CHAINS_MAX = 4096;
/** A further one is unknown. */
export const CHAIN_PRINCIPALS_MAX = 4;
/** With more, any call may be a grantee's. */
export const CHAIN_GRANTEES_MAX = 8;
/** More is a hub, not a lineage. */
export const VALUE_POSTINGS_MAX = 64;
/** Those that cease first go. */
export const HUB_VALUES_MAX = 50_000;
export const RESTING_CHAINS_MAX = 256;
export const ASKED_VALUES_MAX = 256;
/** Beyond, `count` stands still and says so. */
export const COMPLETIONS_MAX = 1024;
export const COMPLETERS_MAX = 8;
/** Past it the chain is not evaluable. */
export const WORK_MAX = 400_000;
export const POLICIES_MAX = 8;
/** Proofs are exact up to these sizes. */
export const EXACT_SYMBOLS_MAX = 8;
export const EXACT_AGENTS_MAX = 32;
/** Past it, not proven minimal. */
export const ROUTES_ALIKE_MAX = 16;
export const SYMBOLS_REMEMBERED_MAX = 4096;
/** In, and out. */
export const IMPORTS_MAX = 32;
export const LEADS_MAX = 256;
export const ANCESTORS_SEEN_MAX = 512;
export const ALIKE_MAX = 2;
export const CALL_VALUES_MAX = 8;
/** What goes round between chains must end. */
export const TELLINGS_MAX = 256;
export const REQUESTS_MAX = 64;
export const GAP_CALLS_MAX = 32;
/** Of the strongest passages, and of the latest acts. */
export const TEXTS_MAX = 64;
export const INJECTED_MAX = 8;
export const USUAL_CHAINS_STORED_MAX = 32;
/** Ways in which agents complete a combination. */
export const USUAL_SHAPES_MAX = 16_384;
/** Agents and symbols that are named of lost evidence. */
export const LOST_MAX = 8;
export const FLOODS_MAX = 256;
