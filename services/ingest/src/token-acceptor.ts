/** The acceptor of one token: over HTTP, and for dead letters that are sent again as it. */
import { type AcceptorOptions, EventAcceptor, type RecentIds } from './accept-events.ts';
import type { TokenEntry } from './adapters/token-store.ts';
import type { SourceNumbers } from './core/source-numbers.ts';

export type TenantParts = Pick<AcceptorOptions, 'keys' | 'catalogue' | 'now'> &
  Pick<Partial<AcceptorOptions>, 'seal' | 'receivedAt'>;

export function tokenAcceptor(
  token: TokenEntry,
  parts: TenantParts,
  recent: RecentIds,
  numbers?: SourceNumbers,
): EventAcceptor {
  return new EventAcceptor({
    tenant: token.tenant,
    source: token.source,
    assurance: token.assurance,
    claims: token.claims,
    trustDomains: token.trust_domains,
    agents: token.agents,
    identity: token.identity,
    trustFields: token.trust_fields,
    doubtsTimeQuality: !token.trust_fields,
    tokenId: token.id,
    recent,
    numbers,
    ...parts,
  });
}
