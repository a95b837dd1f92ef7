/**
 * Whose baselines an agent's may lean on: those with its role (where none is declared, its class), framework and
 * version; the same whatever the version, since a new release would else begin alone; the declared role or class
 * whatever the framework; all of the tenant.
 */
import type { AuditEvent, RegistryAgent } from '@waywarden/schemas';
import { shorten } from '../../domain/short-text.ts';

/** The group of all registered agents of a tenant. */
export const WHOLE_TENANT = '*';
/** Before a role or class alone; without a slash, so that no framework or version makes up such a name. */
const DECLARED = 'declared:';
/** Of each of its three parts: together they fit into the 256 characters of a name. */
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
