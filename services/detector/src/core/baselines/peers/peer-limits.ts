/** Agents of a group whose days are kept: those with the least fingerprints, whoever came first. */
export const MEMBERS_MAX = 128;
/** Fewer agents than this are no group: one or two could teach it. */
export const PEERS_MIN = 5;
/** An agent that told nothing for so many days belongs no more. */
export const MEMBER_IDLE_DAYS = 30;
/** Per partition. */
export const GROUPS_PER_TENANT_MAX = 1_024;
/** The rest is left out. */
export const REPORTED_VALUES_MAX = 400;
export const REPORTED_DAYS_MAX = 14;
export const USUAL_AGENTS_MIN = 3;
export const GROUP_VALUES_MAX = 256;
export const OPEN_DAYS_MAX = 40;
/** The oldest makes room. */
export const SNAPSHOT_GROUPS_MAX = 1_024;
export const SNAPSHOTS_STORED_MAX = 3;
/** Logarithms of amounts are stored in units of 1/GRAIN. */
export const GRAIN = 500;
