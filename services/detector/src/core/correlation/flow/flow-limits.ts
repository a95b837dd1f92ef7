import { VALUES_MAX } from '@waywarden/schemas';

/** All that a call stores: a value not reported is never common, and would carry a secret unseen. */
export const CALL_OBSERVATIONS_MAX = VALUES_MAX;
/** The oldest is forgotten. */
export const SIGHTED_CHAINS_MAX = 8;
/** Past it, they are sent again. */
export const SIGHTED_MARKS_MAX = 512;
/** Past it, whoever showed it most loses its oldest. */
export const OBSERVATIONS_MAX = 64;
export const USE_LINKS_MAX = 8;
/** Those where it was used next. */
export const GRANT_CHAINS_MAX = 16;
export const CHAINS_BEYOND_MAX = 32;
/** A horizon apart: a month or more. */
export const HUB_SPANS_MAX = 4;
export const HUB_EXCEPTIONS_MAX = 16;
export const TRACKS_MAX = 500_000;
export const TRACKS_EVICTED_MAX = 4;
export const TRACKS_LOOKED_MAX = 16;
export const TRACKS_EXPIRED_MAX = 1000;
