/** A sender whose token was verified, as the entry that its events are taken by. */
import type { TokenEntry } from '../adapters/token-store.ts';
import type { Proof } from './prove-token.ts';

const INSTANCE_MAX = 128;

/** What its telemetry says of work is its own word; only who acts, and for whom, is proven. */
const CLAIMS = {
  task: 'asserted',
  workflow: 'asserted',
  delegation: 'asserted',
  trace: 'asserted',
  conversation: 'asserted',
  approval: 'asserted',
  outcome: 'asserted',
  class: 'asserted',
} as const;

export function senderOfProof({
  entry,
  actors,
  expiresAt,
  tokenId,
  scopes,
}: Extract<Proof, { is: 'proven' }>): TokenEntry {
  const { agent, principal, before } = actors;
  const instance = `${entry.source.instance}/${agent.uid.replaceAll('|', '_')}`;
  return {
    id: `issuer:${entry.id}`,
    hash: '',
    tenant: entry.tenant,
    source: { kind: entry.source.kind, instance: instance.slice(-INSTANCE_MAX) },
    assurance: agent.assurance,
    claims: CLAIMS,
    ...(entry.trust_domain !== undefined && { trust_domains: [entry.trust_domain] }),
    agents: [agent.uid],
    trust_fields: false,
    state: 'active',
    identity: {
      uid: agent.uid,
      ...(principal !== undefined && { principal: principal.uid }),
      chain: before,
      ...(tokenId !== undefined && { credential: tokenId }),
      expiresAt,
      scopes,
    },
  };
}
