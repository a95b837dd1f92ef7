/** Links by values in common, directed by who had one first. A shared resource alone is no link. */
import type { PrivilegeStep, StepLink } from '@waywarden/schemas';
import { type ChainStep, tookPlace, writes } from '../model/chain-step.ts';
import { type ChainLink, isLinkingValue, type LinkScope, STRENGTH } from './chain-link.ts';
import type { CompiledPolicy } from './compile-combination.ts';
import { orderOf } from './step-order.ts';

export const SECRET_KINDS: ReadonlySet<string> = new Set(['secret', 'token']);

function resultKind(step: ChainStep, fp: string): string | undefined {
  if (!tookPlace(step)) return undefined;
  return step.wire.result_values.find((value) => value.fp === fp)?.kind;
}

function usesValue(wire: PrivilegeStep, fp: string): boolean {
  return wire.arg_values.some((value) => value.fp === fp);
}

export function secretUses(scope: LinkScope, to: ChainStep): readonly ChainLink[] {
  const links = [...createdCredentials(scope, to)];
  const { store, policy } = scope;
  const fp = to.wire.credential_fp;
  if (fp === undefined || policy.commonValues.has(fp)) return links;
  for (const from of store.stepsOf(store.tables.value(fp).made)) {
    const kind = resultKind(from, fp);
    const isSecret = kind !== undefined && (SECRET_KINDS.has(kind) || policy.kinds.has(kind));
    if (!isSecret || from.n === to.n || from.wire.credential_fp === fp) continue;
    if (orderOf(from, to, policy.skewMs) === 'after' || store.isHub(fp, from, to)) continue;
    links.push({ from, to, via: 'secret_use', strength: STRENGTH.secretUse, doubtful: false });
  }
  return links;
}

const CREATES = ['create:credential', 'create:credential@prod', 'create:credential@nonprod'];

export function createdCredential({ wire }: ChainStep): string | undefined {
  const creates = wire.capabilities.some((claim) => CREATES.includes(claim.symbol));
  return creates && wire.exercise !== 'attempted' ? wire.target?.resource_id : undefined;
}

function createdCredentials({ store, policy }: LinkScope, to: ChainStep): readonly ChainLink[] {
  const links: ChainLink[] = [];
  const uid = to.wire.credential_uid;
  if (uid === undefined) return links;
  for (const symbol of CREATES) {
    for (const from of store.stepsOf(store.tables.bySymbol(symbol))) {
      if (createdCredential(from) !== uid || from.n === to.n) continue;
      if (orderOf(from, to, policy.skewMs) === 'after') continue;
      links.push({ from, to, via: 'secret_use', strength: STRENGTH.secretUse, doubtful: false });
    }
  }
  return links;
}

export function dataFlows({ store, policy }: LinkScope, to: ChainStep): readonly ChainLink[] {
  const links: ChainLink[] = [];
  for (const { fp, kind } of to.wire.arg_values) {
    if (!isLinkingValue(policy, fp, kind)) continue;
    for (const from of store.stepsOf(store.tables.value(fp).made)) {
      const link = from.n === to.n ? undefined : dataFlow(from, to, fp, policy);
      if (link === undefined || store.isHub(fp, from, to)) continue;
      links.push(link);
    }
  }
  return links;
}

/** Who returned a value came before who was given it. */
function dataFlow(
  from: ChainStep,
  to: ChainStep,
  fp: string,
  policy: CompiledPolicy,
): ChainLink | undefined {
  const order = orderOf(from, to, policy.skewMs);
  if (order === 'after') return undefined;
  if (resultKind(from, fp) !== undefined) {
    const bothWays = resultKind(to, fp) !== undefined && usesValue(from.wire, fp);
    const doubtful = order === 'undetermined' && bothWays;
    return { from, to, via: 'data_flow', strength: STRENGTH.resultToArgument, doubtful };
  }
  // Two writes of one value have no direction.
  if (writes(to)) return undefined;
  const doubtful = order === 'undetermined';
  return { from, to, via: 'data_flow', strength: STRENGTH.writtenToArgument, doubtful };
}

export function resourceLink(
  from: ChainStep,
  to: ChainStep,
  policy: CompiledPolicy,
): ChainLink | undefined {
  const object = to.wire.target?.resource_id;
  if (object === undefined || from.wire.target?.resource_id !== object) return undefined;
  if (from.n === to.n || to.wire.effect !== 'read' || !tookPlace(to) || !writes(from)) {
    return undefined;
  }
  const order = orderOf(from, to, policy.skewMs);
  if (order === 'after') return undefined;
  const doubtful = order === 'undetermined';
  return { from, to, via: 'resource', strength: STRENGTH.resource, doubtful };
}

export function resourceLinks({ store, policy }: LinkScope, to: ChainStep): readonly ChainLink[] {
  const links: ChainLink[] = [];
  const { effect, target, result_values: values } = to.wire;
  if (effect !== 'read' || target?.resource_id === undefined) return links;
  const seen = new Set<number>();
  for (const { fp, kind } of values) {
    if (!isLinkingValue(policy, fp, kind)) continue;
    for (const from of store.stepsOf(store.tables.value(fp).made)) {
      if (seen.has(from.n) || !usesValue(from.wire, fp)) continue;
      const link = resourceLink(from, to, policy);
      if (link === undefined || store.isHub(fp, from, to)) continue;
      seen.add(from.n);
      links.push(link);
    }
  }
  return links;
}

function valuesBetween(
  { wire: from }: ChainStep,
  { wire: to }: ChainStep,
  via: StepLink,
): string[] {
  if (via === 'secret_use') {
    const { credential_fp: fp } = to;
    return fp !== undefined && from.result_values.some((one) => one.fp === fp) ? [fp] : [];
  }
  const left = [...from.arg_values, ...(via === 'resource' ? [] : from.result_values)];
  const right = via === 'resource' ? to.result_values : to.arg_values;
  const made = new Set(left.map((value) => value.fp));
  return right.flatMap(({ fp }) => (made.has(fp) ? [fp] : []));
}

export function restsOnHubs({ store }: Pick<LinkScope, 'store'>, link: ChainLink): boolean {
  const { from, to, via } = link;
  const created = createdCredential(from);
  if (via === 'secret_use' && created !== undefined && created === to.wire.credential_uid)
    return false;
  if (via !== 'data_flow' && via !== 'resource' && via !== 'secret_use') return false;
  const values = valuesBetween(from, to, via);
  return values.length > 0 && values.every((fp) => store.isHub(fp, from, to));
}
