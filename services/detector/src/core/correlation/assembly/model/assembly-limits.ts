/**
 * Every bound of the assembly stage: whoever hits one is told (`evaluable: false`, `not_visible`). Recorded agent
 * runs have 3 to 20 calls, the longest seen some 1,000.
 */
/** Steps kept of one chain. 2,048 steps of about 1 KiB are 2 MiB for the worst chain. */
export const CHAIN_STEPS_MAX = 2048;
/** Steps put out at once when a chain is full: one scan serves many steps. */
export const EVICTION_BATCH = 256;
/** Different agents of one chain; a step of one more is counted, not kept. */
export const CHAIN_AGENTS_MAX = 256;
/** Chains open in one partition; past it some of whoever opened most go. */
export const CHAINS_MAX = 100_000;
/** Chains put out at once when there is no room, and looked at for it. */
export const CHAINS_EVICTED = 64;
export const CHAINS_LOOKED_MAX = 256;
/** Chains that one watermark lets expire; what is left goes with the next, and some with each new chain. */
export const CHAINS_EXPIRED_MAX = 256;
/** Those that fell due and go with each new chain: more than come. */
export const CHAINS_EXPIRED_EACH = 4;
/** Chains that were put out although they held something dangerous, and are remembered as that. */
export const GONE_CHAINS_MAX = 1024;
/** Chains of one partition that are kept for days only because of what they brought. */
export const LINEAGE_CHAINS_MAX = 8192;
/** The same, kept only because their principal may go on with what they brought. */
export const PRINCIPAL_CHAINS_MAX = 4096;
/** Principals of one chain for whom its calls brought something; of a further one it is not known. */
export const CHAIN_PRINCIPALS_MAX = 4;
/** Whom the calls of one chain gave access, by name; with more, any of its calls may be a grantee's. */
export const CHAIN_GRANTEES_MAX = 8;
/** Steps remembered as making or using one value, earliest first: more is a hub, not a lineage. */
export const VALUE_POSTINGS_MAX = 64;
/** Values known to be too common to link by, in one partition; past it those that cease first go. */
export const HUB_VALUES_MAX = 50_000;
/** Chains that are asked again when a value on which they may rest turns out to be common. */
export const RESTING_CHAINS_MAX = 256;
/** Values about which one chain's conclusions have asked. */
export const ASKED_VALUES_MAX = 256;
/** Completions counted one by one; beyond, `count` stands still and says so. */
export const COMPLETIONS_MAX = 1024;
/** Agents that completed a combination and are named in its alert and its cut. */
export const COMPLETERS_MAX = 8;
/** Links looked at for one record; past it the chain is not evaluable. */
export const WORK_MAX = 400_000;
/** Policy versions kept for a tenant: chains that began under an older one are judged by the last. */
export const POLICIES_MAX = 8;
/** Proofs are exact up to these sizes; past them they are said not to be proven minimal. */
export const EXACT_SYMBOLS_MAX = 8;
export const EXACT_AGENTS_MAX = 32;
/** Routes of a proof search to one call that differ by the hand-overs on them; past it, not proven minimal. */
export const ROUTES_ALIKE_MAX = 16;
/** Symbols of which it is remembered what they satisfy: the shipped vocabulary has 33. */
export const SYMBOLS_REMEMBERED_MAX = 4096;
/** Links from other chains that are kept of one chain, and links that lead from it to others. */
export const IMPORTS_MAX = 32;
export const LEADS_MAX = 256;
/** Calls of a chain that are looked at for what leads to one of its calls. */
export const ANCESTORS_SEEN_MAX = 512;
/** Of calls that could do the same, so many are told of to another chain: the nearest. */
export const ALIKE_MAX = 2;
/** Values of a call's result, and of its arguments, that are told with it to another chain. */
export const CALL_VALUES_MAX = 8;
/** How often one link may be told anew: what goes round between chains must end. */
export const TELLINGS_MAX = 256;
/** Calls of a chain that were requested and have not ended, the earliest. */
export const REQUESTS_MAX = 64;
/** Calls of a chain, the latest, that are looked at for who may close a gap, and for what hangs together. */
export const GAP_CALLS_MAX = 32;
/** Calls of a chain whose texts are kept: those with the strongest passages; and calls that may obey, the latest. */
export const TEXTS_MAX = 64;
export const ACTS_MAX = 64;
/** Agents that obeyed another's text and are named in one alert. */
export const INJECTED_MAX = 8;
/** Chains of a workflow in which it is remembered that a combination was completed, the latest. */
export const USUAL_CHAINS_STORED_MAX = 32;
/** Agents whose losses to a bound are told one by one, of each kind, and what these could do. */
export const LOST_AGENTS_MAX = 8;
export const LOST_SYMBOLS_MAX = 8;
/** Floods that are remembered, one an agent and day; an older one begins anew. */
export const FLOODS_MAX = 256;
