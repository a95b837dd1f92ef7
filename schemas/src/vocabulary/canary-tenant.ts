/**
 * The tenant of Waywarden's own made-up attacks (the canary): what is learnt, alerted or commanded in it
 * is about nobody.
 */
export const CANARY_TENANT = 'waywarden.canary';
