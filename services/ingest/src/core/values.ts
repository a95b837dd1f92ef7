/**
 * Linking values of arguments and results, as keyed fingerprints. Canonical forms and kinds are the
 * schemas' (one form for ingest, registry and SDK); here they only meet the tenant's key.
 */
import type { AuditEvent } from '@waywarden/schemas';
import type { Party } from './destination.ts';
import type { TenantKeys } from './tenant-keys.ts';

type ArgValue = NonNullable<NonNullable<AuditEvent['args']>['values']>[number];
type ResultValue = NonNullable<NonNullable<AuditEvent['result']>['values']>[number];

export interface Found<T> {
  readonly values: T[];
  readonly truncated: boolean;
}

export function argumentValues(_value: unknown, _text: string, _keys: TenantKeys): Found<ArgValue> {
  return { values: [], truncated: false };
}

export function resultValues(_text: string, _keys: TenantKeys): Found<ResultValue> {
  return { values: [], truncated: false };
}

/** What stands for a destination in `target.resource_id`. */
export function partyFingerprint(party: Party, keys: TenantKeys): string {
  return keys.hash('destination', party.address.toLowerCase());
}
