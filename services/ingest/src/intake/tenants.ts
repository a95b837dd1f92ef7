/** What each tenant's events are derived with; keys are kept, catalogues until the registry changes. */
import type { KeyFile, Registry } from '@waywarden/schemas';
import { loadCatalogue } from '../adapters/catalogue-files.ts';
import { deadLetterSealFrom } from '../adapters/dead-letter-seal.ts';
import { tenantKeysFrom } from '../adapters/tenant-keys.ts';
import type { TokenEntry } from '../adapters/token-store.ts';
import type { Catalogue } from '../core/enrich/catalogue.ts';
import type { TenantKeys } from '../core/enrich/readings.ts';
import type { SourceNumbers } from '../core/enrich/source-numbers.ts';
import { type AcceptorOptions, EventAcceptor, type RecentEventIds } from './accept-events.ts';

export type TenantParts = Pick<AcceptorOptions, 'keys' | 'catalogue' | 'now'> &
  Pick<Partial<AcceptorOptions>, 'seal' | 'receivedAt'>;

export function tokenAcceptor(
  token: TokenEntry,
  parts: TenantParts,
  recent: RecentEventIds,
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

export interface TenantsOptions {
  readonly keyFile: KeyFile;
  readonly registryOf?: (tenant: string) => Registry | undefined;
  readonly organisation?: readonly string[];
}

export class Tenants {
  readonly #options: TenantsOptions;
  readonly #keys = new Map<string, TenantKeys>();
  readonly #catalogues = new Map<string, Catalogue>();
  readonly #nowMs: () => number;

  constructor(options: TenantsOptions, nowMs: () => number) {
    this.#options = options;
    this.#nowMs = nowMs;
  }

  parts(tenant: string): TenantParts {
    const { keyFile } = this.#options;
    const keys = this.#keys.get(tenant) ?? tenantKeysFrom(keyFile, tenant);
    this.#keys.set(tenant, keys);
    return {
      keys,
      catalogue: this.#catalogue(tenant),
      now: () => new Date(this.#nowMs()).toISOString(),
      receivedAt: () => new Date(this.#nowMs()).toISOString(),
      seal: deadLetterSealFrom(keyFile, tenant),
    };
  }

  #catalogue(tenant: string): Catalogue {
    const known = this.#catalogues.get(tenant);
    if (known !== undefined) return known;
    const registry = this.#options.registryOf?.(tenant);
    const { organisation } = this.#options;
    const made = loadCatalogue({
      ...(registry !== undefined && { registry }),
      ...(organisation !== undefined && { organisation }),
    });
    this.#catalogues.set(tenant, made);
    return made;
  }

  forgetCatalogues(): void {
    this.#catalogues.clear();
  }
}
