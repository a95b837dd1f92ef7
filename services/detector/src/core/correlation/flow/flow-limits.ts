/** Every bound of what follows values from chain to chain. */
import { VALUES_MAX } from '@waywarden/schemas';

/**
 * Sightings sent of the values of one call's result, and of its arguments, each: of all that are kept of
 * a call. What links inside a chain without being told of is never found to be common, and whoever put
 * some other secrets before his own would carry it to another chain unseen.
 */
export const CALL_OBSERVATIONS_MAX = VALUES_MAX;
/** Chains of one agent in which it is remembered what was sighted; a further one forgets the oldest. */
export const SIGHTED_CHAINS_MAX = 8;
/** What is remembered of one agent's observations in one chain; past it, they are sent again. */
export const SIGHTED_MARKS_MAX = 512;
/** Sightings kept of one value; of too many, the oldest of whoever showed it most in one way go. */
export const OBSERVATIONS_MAX = 64;
/** Links into one use of a value. */
export const USE_LINKS_MAX = 8;
/** Chains of a grantee that one grant is told to: those where it was used next. */
export const GRANT_CHAINS_MAX = 16;
/** Chains of which it is known that they showed a value, beyond those that make it common. */
export const CHAINS_BEYOND_MAX = 32;
/** Times of one value being common that are remembered: a horizon apart, so a month or more. */
export const HUB_SPANS_MAX = 4;
/** Agents to which a value was common at other times than to everybody else, for each such time. */
export const HUB_EXCEPTIONS_MAX = 16;
/** Values and keys followed in one partition; past it, those of whoever brought most of them go. */
export const TRACKS_MAX = 500_000;
/** Values put out for one new one when there is no room. */
export const TRACKS_EVICTED_MAX = 4;
/** Values looked at for it: what was seen again since moves on, and a few more than there is room for may be followed meanwhile. */
export const TRACKS_LOOKED_MAX = 16;
/** Values that one watermark lets expire; what is left goes with the next, and some with each new value. */
export const TRACKS_EXPIRED_MAX = 1000;
/** Those that fell due and go with each new value: more than come. */
export const TRACKS_EXPIRED_EACH = 4;
