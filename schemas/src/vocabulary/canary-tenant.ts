/** The canary's tenant: nothing in it is about anybody. */
export const CANARY_TENANT = 'waywarden.canary';
