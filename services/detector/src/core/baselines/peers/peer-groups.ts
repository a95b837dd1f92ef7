/**
 * Peer groups of an agent: role (else class), framework and version; the same without version; role or class alone;
 * the tenant.
 */
import type { AuditEvent, RegistryAgent } from '@waywarden/schemas';
import { shorten } from '../../domain/short-text.ts';

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
