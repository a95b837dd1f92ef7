/**
 * What joins calls further apart than `within`: lineage only (`assembly.md`), since coincidences pile up with days.
 */
import { assuranceAtLeast, nameFingerprint, type PrivilegeStep } from '@waywarden/schemas';
import { type ChainStep, tookPlace, writes } from '../model/chain-step.ts';
import { type ChainLink, isLinkingValue, type LinkScope } from './chain-link.ts';
import type { CompiledPolicy } from './compile-combination.ts';
import { createdCredential } from './in-chain-links.ts';
import { beyondGrant } from './step-ties.ts';

const LINEAGE_KINDS: ReadonlySet<string> = new Set(['secret', 'iban', 'email']);
const SECRET_SYMBOLS = /^(?:read:secret|create:credential)(?:@|$)/;
const isAddressOf = ({ target }: PrivilegeStep, { fp }: Value) => fp === target?.resource_id;

interface Value {
  readonly fp: string;
  readonly kind: string;
}

function ofLineage({ wire }: ChainStep, { kind }: Value): boolean {
  if (kind !== 'token') return LINEAGE_KINDS.has(kind);
  return wire.capabilities.some(({ symbol }) => SECRET_SYMBOLS.test(symbol));
}

function brought(step: ChainStep): readonly Value[] {
  if (!tookPlace(step)) return [];
  const { result_values: made, arg_values: used } = step.wire;
  return writes(step) && used.length > 0 ? [...made, ...used] : made;
}

export function beginsLineage(step: ChainStep): boolean {
  if (!tookPlace(step)) return false;
  if (createdCredential(step) !== undefined) return true;
  if (step.wire.grantee_uid !== undefined) return true;
  const { target, arg_values: used } = step.wire;
  const writesOn = used.some((value) => !isAddressOf(step.wire, value));
  if (writesOn && writes(step) && target?.resource_id !== undefined) return true;
  return brought(step).some((value) => ofLineage(step, value));
}

/** Undefined where nothing proves it. */
export function provenPrincipal(wire: PrivilegeStep): string | undefined {
  const { principal_uid: uid, claims, tenant_id: tenant } = wire;
  if (uid === undefined || !assuranceAtLeast(claims.principal, 'authenticated')) return undefined;
  return nameFingerprint(tenant, 'principal', uid);
}

export function bringsForPrincipal(step: ChainStep, policy: CompiledPolicy): boolean {
  const { principal_uid: uid, claims } = step.wire;
  if (uid === undefined || !assuranceAtLeast(claims.principal, 'authenticated')) return false;
  return brought(step).some(({ fp, kind }) => isLinkingValue(policy, fp, kind));
}

function areForOne({ from, to }: ChainLink, { store }: LinkScope): boolean {
  if (to.wire.principal_uid !== from.wire.principal_uid) return false;
  const principal = provenPrincipal(to.wire);
  if (principal === undefined || provenPrincipal(from.wire) === undefined) return false;
  return !store.isHub(principal, from, to);
}

/** More than the document's own address. */
function sharesContent({ wire: from }: ChainStep, { wire: to }: ChainStep): boolean {
  const written = from.arg_values.filter((value) => !isAddressOf(from, value));
  return written.some(({ fp }) => to.result_values.some((value) => value.fp === fp));
}

function isOfData({ from, to, via }: ChainLink, { policy, store }: LinkScope): boolean {
  if (to.ms - from.ms > policy.linkHorizonMs) return false;
  if (via === 'secret_use' || via === 'derived_credential') return true;
  if (via === 'resource') return sharesContent(from, to);
  if (via === 'grantee') return to.wire.grants !== null && beyondGrant(to.wire).length > 0;
  if (via !== 'data_flow') return false;
  const made = new Set(
    brought(from).flatMap((value) => (ofLineage(from, value) ? [value.fp] : [])),
  );
  return to.wire.arg_values.some(
    ({ fp, kind }) =>
      made.has(fp) && isLinkingValue(policy, fp, kind) && !store.isHub(fp, from, to),
  );
}

function isNear({ from, to }: ChainLink, withinMs: number): boolean {
  return from.wire.chain_id === to.wire.chain_id && Math.abs(to.ms - from.ms) <= withinMs;
}

function isOfPrincipal(link: ChainLink, scope: LinkScope): boolean {
  if (link.via !== 'data_flow') return false;
  return link.to.ms - link.from.ms <= scope.policy.linkHorizonMs && areForOne(link, scope);
}

type LineageScope = LinkScope & { readonly byPrincipal?: boolean };

export function carriesOn(link: ChainLink, withinMs: number, scope: LineageScope): boolean {
  if (isNear(link, withinMs) || isOfData(link, scope)) return true;
  return scope.byPrincipal === true && isOfPrincipal(link, scope);
}
