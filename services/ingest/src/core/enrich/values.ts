/** Linking values as fingerprints, marked with their place. */
import { type AuditEvent, canonicalUrl, extractValues } from '@waywarden/schemas';
import type { BoundedMap } from '../domain/bounded-map.ts';
import type { Party } from '../domain/destination.ts';
import type { TextReading } from '../text-signals/read-result.ts';
import { squash } from '../text-signals/tokens.ts';
import type { StoredParty, TenantKeys } from './readings.ts';

type ArgValue = NonNullable<NonNullable<AuditEvent['args']>['values']>[number];
type ResultValue = NonNullable<NonNullable<AuditEvent['result']>['values']>[number];

interface Found<T> {
  readonly values: T[];
  readonly truncated: boolean;
}

export function argumentValues(
  value: unknown,
  keys: TenantKeys,
  pathName: (path: string) => string,
): Found<ArgValue> {
  const { values, truncated } = extractValues(value);
  return {
    values: values.map(({ kind, canonical, path }) => {
      const found: ArgValue = { fp: keys.fingerprint(kind, canonical), kind };
      if (path !== '') found.path = pathName(path);
      return found;
    }),
    truncated,
  };
}

export function resultValues(
  value: unknown,
  reading: TextReading,
  keys: TenantKeys,
): Found<ResultValue> {
  const { values, truncated } = extractValues(value);
  if (values.length === 0) return { values: [], truncated };
  const instructed = new Set(reading.passages.flatMap((passage) => passage.ids));
  const inText = new Set(reading.freeTextIds);
  const inField = new Set(reading.fieldIds);
  const marks = instructed.size > 0 || inText.size > 0 || inField.size > 0;
  return {
    values: values.map(({ kind, canonical }) => {
      const found: ResultValue = { fp: keys.fingerprint(kind, canonical), kind };
      if (!marks || kind === 'shingle') return found;
      const id = squash(canonical);
      if (instructed.has(id)) found.instructed = true;
      if (found.instructed === true || inText.has(id)) found.in = 'text';
      else if (inField.has(id)) found.in = 'field';
      return found;
    }),
    truncated,
  };
}

/** Equals the one in `args.values`. */
export function partyFingerprint(
  party: Party,
  keys: TenantKeys,
  retained: BoundedMap<StoredParty>,
): string {
  const known = retained.get(party.address);
  if (known !== undefined && known.keys === keys) return known.fingerprint;
  const fingerprint = fingerprintOfParty(party, keys);
  retained.set(party.address, { keys, fingerprint });
  return fingerprint;
}

/** As a destination. */
export function nameAsDestination(
  uid: string,
  keys: TenantKeys,
  retained: BoundedMap<StoredParty>,
): string {
  return partyFingerprint({ address: uid, domain: undefined }, keys, retained);
}

function fingerprintOfParty(party: Party, keys: TenantKeys): string {
  // A number is somebody's here.
  const [value, ...others] = extractValues({ recipient: party.address }).values;
  if (value !== undefined && others.length === 0) {
    return keys.fingerprint(value.kind, value.canonical);
  }
  const url = party.address.includes('/') ? canonicalUrl(party.address) : undefined;
  if (url !== undefined) return keys.fingerprint('url', url.canonical);
  return keys.fingerprint('name', party.address.toLowerCase());
}
