/**
 * Peer groups of an agent: role (else class), framework and version; the same without version; role or class alone;
 * the tenant.
 */
import type { AuditEvent, RegistryAgent } from '@waywarden/schemas';
import { shorten } from '../../domain/short-text.ts';

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

export const WHOLE_TENANT = '*';
/** No slash: no framework can make up such a name. */
const DECLARED = 'declared:';
const PART_LENGTH_MAX = 80;

const part = (text: string | undefined) =>
  shorten((text ?? '').replaceAll('/', '_'), PART_LENGTH_MAX);

/** The closest first. */
export function peerGroupsOf(
  { agent }: Pick<AuditEvent, 'agent'>,
  registered: RegistryAgent | undefined,
): readonly string[] {
  const kind = registered?.role ?? registered?.class;
  if (kind === undefined) return [WHOLE_TENANT];
  const any = `${part(kind)}/${part(agent.framework)}`;
  const own = agent.version === undefined ? [] : [`${any}/${part(agent.version)}`];
  return [...own, any, `${DECLARED}${part(kind)}`, WHOLE_TENANT];
}
