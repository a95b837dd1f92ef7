/** Ties bind two calls only where a combination names one. They are no evidence of a flow and never relay. */
import { matchesGrant, type PrivilegeStep, type StepLink } from '@waywarden/schemas';
import { type ChainStep, compareSteps, tookPlace } from '../model/chain-step.ts';
import { symbolKeys } from '../model/step-keys.ts';
import { sameObject } from './call-conditions.ts';
import { type ChainLink, type LinkScope, STRENGTH } from './chain-link.ts';
import type { CompiledPolicy } from './compile-combination.ts';
import { symbolsFor } from './possible-combinations.ts';
import type { StepMatcher } from './step-match.ts';
import { orderOf } from './step-order.ts';

const TIES: readonly StepLink[] = ['grantee', 'same_object', 'derived_credential'];

/** An unknown grant contains nothing. */
export function beyondGrant({ capabilities, grants }: PrivilegeStep): readonly string[] {
  const symbols = capabilities.map(({ symbol }) => symbol);
  return symbols.filter((symbol) => grants?.some((grant) => matchesGrant(grant, symbol)) !== true);
}

/** What it may do anyway is its other work. */
function isGrantee(from: ChainStep, { wire }: ChainStep): boolean {
  const grantee = from.wire.grantee_uid;
  if (grantee === undefined) return false;
  const { agent_uid: agent, credential_uid: credential } = wire;
  if (from.wire.chain_id === wire.chain_id) {
    return [agent, wire.principal_uid, credential].includes(grantee);
  }
  return [agent, credential].includes(grantee) && beyondGrant(wire).length > 0;
}

const STRENGTHS: Readonly<Partial<Record<StepLink, number>>> = {
  grantee: STRENGTH.grantee,
  same_object: STRENGTH.sameObject,
  derived_credential: STRENGTH.derivedCredential,
};

function isTied(via: StepLink, from: ChainStep, to: ChainStep): boolean {
  switch (via) {
    case 'grantee':
      return isGrantee(from, to);
    case 'same_object':
      return from.wire.effect !== 'read' && sameObject(from, to) === 'same';
    case 'derived_credential':
      return (
        from.wire.credential_uid !== undefined &&
        from.wire.credential_uid === to.wire.credential_parent_uid
      );
    default:
      return false;
  }
}

export function tieBetween(
  via: StepLink,
  from: ChainStep,
  to: ChainStep,
  policy: CompiledPolicy,
): ChainLink | undefined {
  const strength = STRENGTHS[via];
  if (strength === undefined || from.n === to.n || !tookPlace(from)) return undefined;
  if (!isTied(via, from, to)) return undefined;
  // Whenever each was first seen.
  const order = via === 'derived_credential' ? 'before' : orderOf(from, to, policy.skewMs);
  if (order === 'after') return undefined;
  return { from, to, via, strength, doubtful: order === 'undetermined' };
}

function foreignWith(store: LinkScope['store'], credential: string): readonly ChainStep[] {
  return store
    .foreign()
    .steps.filter(
      ({ wire }) => wire.credential_uid === credential && wire.scope_grants !== undefined,
    )
    .sort(compareSteps)
    .slice(0, 1);
}

function* candidates({ store }: LinkScope, to: ChainStep, sought: StepMatcher, via: StepLink) {
  if (via === 'derived_credential') {
    const parent = to.wire.credential_parent_uid;
    const first = parent === undefined ? undefined : store.tables.firstWith(parent);
    if (first !== undefined) yield* store.stepsOf([first]);
    else if (parent !== undefined) yield* foreignWith(store, parent);
    return;
  }
  const meta = store.meta();
  if (meta === undefined) return;
  for (const symbol of symbolsFor(meta, sought))
    yield* store.stepsOf(store.tables.bySymbol(symbol));
  for (const step of store.foreign().steps) {
    const isOwn = store.numberOf(step.wire.event_id) !== undefined;
    if (!isOwn && symbolKeys(step).some((key) => sought.accepts(key))) yield step;
  }
}

export function tiesInto(
  scope: LinkScope,
  to: ChainStep,
  sought: StepMatcher,
  via: ReadonlySet<StepLink>,
): readonly ChainLink[] {
  const links: ChainLink[] = [];
  for (const kind of TIES) {
    if (!via.has(kind)) continue;
    for (const from of candidates(scope, to, sought, kind)) {
      const link = tieBetween(kind, from, to, scope.policy);
      if (link !== undefined) links.push(link);
    }
  }
  return links;
}
