/** The target of a call; of a send or payment a fingerprint. */
import type { AuditEvent, Effect, InputEvent } from '@waywarden/schemas';
import { decisiveParty, domainOf, type Party } from '../domain/destination.ts';
import type { DerivedFacts } from './call-facts.ts';
import type { Catalogue } from './catalogue.ts';
import type { DeriveContext } from './derive-context.ts';
import { partiesIn } from './read-parties.ts';
import { nameAsDestination, partyFingerprint } from './values.ts';

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
