/** The target of a call; of a send or payment a fingerprint. */
import {
  type AuditEvent,
  canonicalUrl,
  type Effect,
  extractValues,
  type InputEvent,
} from '@waywarden/schemas';
import type { BoundedMap } from '../domain/bounded-map.ts';
import { decisiveParty, domainOf, type Party } from '../domain/destination.ts';
import type { TextReading } from '../text-signals/read-result.ts';
import { squash } from '../text-signals/tokens.ts';
import type { DerivedFacts } from './call-facts.ts';
import type { Catalogue } from './catalogue.ts';
import type { DeriveContext } from './derive-context.ts';
import { partiesIn } from './read-parties.ts';
import type { StoredParty, TenantKeys } from './readings.ts';

type Target = NonNullable<AuditEvent['target']>;

export interface CallDestination {
  readonly party: Party | undefined;
  readonly parties: readonly Party[];
}

const NO_DESTINATION: CallDestination = { party: undefined, parties: [] };

const SENDING: ReadonlySet<Effect> = new Set(['send', 'pay']);

export function callDestination(
  input: InputEvent,
  facts: DerivedFacts,
  catalogue: Catalogue,
): CallDestination {
  const pattern = facts.entry?.target?.arg;
  const args = input.args?.value;
  if (pattern !== undefined && args !== undefined) {
    const parties = partiesIn(args, pattern, catalogue.recipientWords(facts.entry));
    if (parties.length > 0) {
      return { party: decisiveParty(parties, catalogue.organisation), parties };
    }
  }
  const named = input.target?.resource_id;
  if (named === undefined || !SENDING.has(facts.effect)) return NO_DESTINATION;
  const party = { address: named, domain: domainOf(named) };
  return { party, parties: [party] };
}

export function deriveTarget(
  input: InputEvent,
  context: Pick<DeriveContext, 'keys' | 'trustFields' | 'memo'>,
  call: { readonly facts: DerivedFacts; readonly destination: CallDestination },
): Target | undefined {
  const given = input.target;
  const { facts, destination } = call;
  const { entry } = facts;
  const target: Target = {};
  const system = given?.system ?? entry?.target?.system;
  if (system !== undefined) target.system = system;
  const resourceType = given?.resource_type ?? entry?.target?.resource_type;
  if (resourceType !== undefined) target.resource_type = resourceType;
  const isReadable = context.trustFields || !SENDING.has(facts.effect);
  if (given?.resource_id !== undefined && isReadable) target.resource_id = given.resource_id;
  else if (destination.party !== undefined) {
    target.resource_id = partyFingerprint(destination.party, context.keys, context.memo.parties);
  }
  if (given?.owner_uid !== undefined) {
    target.owner_uid = given.owner_uid;
    target.owner_fp = nameAsDestination(given.owner_uid, context.keys, context.memo.parties);
  }
  const sensitivity = given?.sensitivity ?? entry?.sensitivity;
  if (sensitivity !== undefined) target.sensitivity = sensitivity;
  if (given?.environment !== undefined) target.environment = given.environment;
  return Object.keys(target).length === 0 ? undefined : target;
}

/** Linking values as fingerprints, marked with their place. */

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
