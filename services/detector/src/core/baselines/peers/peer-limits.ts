/** Limits of what agents of a group know together. */

/** Agents of a group whose days are kept: those with the least fingerprints, whoever came first. */
export const MEMBERS_MAX = 128;
/** Fewer agents than this are no group: one or two could teach it. */
export const PEERS_MIN = 5;
/** An agent that told nothing for so many days belongs no more. */
export const MEMBER_IDLE_DAYS = 30;
/** Groups of a tenant, in each partition; a further one is not opened until others have lapsed. */
export const GROUPS_PER_TENANT_MAX = 1_024;
/** Values told of one agent, and days, features; what is beyond is left out. */
export const REPORTED_VALUES_MAX = 400;
export const REPORTED_DAYS_MAX = 14;
/** Agents that met a value on two days or more, below which it is usual to no group. */
export const USUAL_AGENTS_MIN = 3;
/** Values of a feature in a snapshot: those that most agents have. */
export const GROUP_VALUES_MAX = 256;
/** Days that may wait to be closed; what is told of further ones waits for the agent's next day. */
export const OPEN_DAYS_MAX = 40;
/** Groups whose snapshots the profile stage keeps in a partition; the one with the oldest makes room. */
export const SNAPSHOT_GROUPS_MAX = 1_024;
/** Snapshots kept of a group: the one in use, that of a late event, and the one to come. */
export const SNAPSHOTS_STORED_MAX = 3;
