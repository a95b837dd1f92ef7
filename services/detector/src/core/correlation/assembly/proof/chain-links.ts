/**
 * The directed links into a step, as a function of the steps. One of unknown order is `doubtful`: it may alert,
 * never revoke.
 */
import type { PrivilegeStep, StepLink } from '@waywarden/schemas';
import { type ChainStep, isDelegating, tookPlace } from '../model/chain-step.ts';
import type { ChainStore } from '../model/chain-store.ts';
import { type ChainLink, type LinkScope, STRENGTH } from './chain-link.ts';
import { type CompiledPolicy, EVIDENCE } from './compile-combination.ts';
import { foreignLinks } from './foreign-links.ts';
import { dataFlows, resourceLinks, secretUses } from './in-chain-links.ts';
import { orderOf } from './step-order.ts';

export interface LinkLook {
  readonly context: boolean;
  readonly past: (delegating: ChainStep) => boolean;
  readonly back: (delegating: ChainStep) => boolean;
}

/** Lists, no generators: most calls have few links or none. */
export function linksInto(
  scope: LinkScope,
  to: ChainStep,
  look: LinkLook,
  via: ReadonlySet<StepLink> = EVIDENCE,
): readonly ChainLink[] {
  const found = [...foreignLinks(scope, to)];
  if (to.n >= 0) {
    if (via.has('secret_use')) found.push(...secretUses(scope, to));
    if (via.has('delegation')) {
      found.push(...delegationLinks(scope, to, look), ...returnLinks(scope, to, look));
    }
    if (via.has('data_flow')) found.push(...dataFlows(scope, to));
    if (via.has('resource')) found.push(...resourceLinks(scope, to));
    if (look.context) found.push(...contextLinks(scope, to));
  }
  return via === EVIDENCE ? found : found.filter((link) => via.has(link.via));
}

type UnderDelegation = { readonly strength: number; readonly doubtful: boolean } | undefined;

export function underDelegation(
  delegating: ChainStep,
  child: ChainStep,
  policy: CompiledPolicy,
): UnderDelegation {
  const [h, c] = [delegating.wire, child.wire];
  if (h.agent_uid === c.agent_uid || !tookPlace(delegating)) return undefined;
  const bySpan = h.span_id !== undefined && h.span_id === c.parent_span_id;
  const byRef = h.native_id !== undefined && h.native_id === c.delegation_ref;
  if (bySpan || (byRef && isDelegating(delegating))) {
    return { strength: STRENGTH.delegationExplicit, doubtful: false };
  }
  if (c.delegation_ref !== undefined && h.native_id !== undefined) return undefined;
  if (h.delegate_uid !== c.agent_uid) return undefined;
  const order = orderOf(delegating, child, policy.skewMs);
  if (order === 'after') return undefined;
  const doubtful = order === 'undetermined' && c.parent_agent_uid !== h.agent_uid;
  return { strength: STRENGTH.delegationNamed, doubtful };
}

const NO_CALLS: ReadonlySet<number> = new Set();

export function handOversTo(store: ChainStore, child: ChainStep): ReadonlySet<number> {
  const { parent_span_id: span, delegation_ref: ref, agent_uid: agent } = child.wire;
  const named = store.tables.byDelegate(agent).over;
  if (span === undefined && ref === undefined && named.length === 0) return NO_CALLS;
  return new Set([
    ...(span === undefined ? [] : store.tables.bySpan(span).over),
    ...(ref === undefined ? [] : store.tables.byRef(ref).over),
    ...named,
  ]);
}

/** Whether any hand-over from `parent` to `child` is known; else the parent's name must do. */
function hasDelegation(store: ChainStore, parent: string, child: string): boolean {
  for (const step of store.stepsOf(store.tables.byDelegate(child).over)) {
    if (step.wire.agent_uid === parent) return true;
  }
  return false;
}

function delegationLinks(scope: LinkScope, to: ChainStep, look: LinkLook): readonly ChainLink[] {
  const links: ChainLink[] = [];
  const { store, policy } = scope;
  for (const delegating of store.stepsOf(handOversTo(store, to))) {
    const under = underDelegation(delegating, to, policy);
    if (under === undefined) continue;
    links.push({ from: delegating, to, via: 'delegation', ...under });
    if (!under.doubtful && look.past(delegating)) continue;
    links.push(...beforeDelegation(scope, delegating, to, under));
  }
  const parent = to.wire.parent_agent_uid;
  if (parent === undefined || parent === to.wire.agent_uid) return links;
  if (!hasDelegation(store, parent, to.wire.agent_uid)) {
    links.push(...namedParentLinks(store.numbersBy(parent), to, scope));
  }
  if (links.length > 0) return links;
  const { calls = [], delegating } = delegatorOf(scope, to) ?? {};
  if (delegating === undefined) return namedParentLinks(calls, to, scope);
  const explicit = { strength: STRENGTH.delegationExplicit, doubtful: false };
  links.push({ from: delegating, to, via: 'delegation', ...explicit });
  links.push(...beforeDelegation(scope, delegating, to, explicit));
  return links;
}

export function beforeDelegation(
  { store, policy }: LinkScope,
  delegating: ChainStep,
  to: ChainStep,
  { strength, doubtful: isUnsure }: NonNullable<UnderDelegation>,
): readonly ChainLink[] {
  return store.stepsBy(delegating.wire.agent_uid).flatMap((from) => {
    const order = from.n === delegating.n ? 'after' : orderOf(from, delegating, policy.skewMs);
    if (order === 'after') return [];
    const doubtful = isUnsure || order === 'undetermined';
    return [{ from, to, via: 'delegation' as const, strength, doubtful, through: delegating }];
  });
}

interface Delegator {
  readonly agent: string;
  readonly calls: readonly number[];
  readonly delegating: ChainStep | undefined;
}

function isReachedDirectly({ store, policy }: LinkScope, child: ChainStep): boolean {
  const parent = store.numbersBy(child.wire.parent_agent_uid ?? '');
  return (
    store.stepsOf(parent).some((one) => orderOf(one, child, policy.skewMs) !== 'after') ||
    store.stepsOf(handOversTo(store, child)).some((one) => underDelegation(one, child, policy))
  );
}

/** That logged anything before the call. */
function delegatorOf({ store, policy }: LinkScope, child: ChainStep): Delegator | undefined {
  for (const { agent_uid: agent, ref } of child.wire.delegators ?? []) {
    if (agent === child.wire.agent_uid) continue;
    const calls = store.numbersBy(agent);
    const over = ref === undefined ? [] : store.tables.byRef(ref).over;
    const delegating = store.stepsOf(over).find(({ wire }) => wire.agent_uid === agent);
    const isBefore = (one: ChainStep) => orderOf(one, child, policy.skewMs) !== 'after';
    if (delegating !== undefined || store.stepsOf(calls).some(isBefore)) {
      return { agent, calls, delegating };
    }
  }
  return undefined;
}

function handedBackLinks(scope: LinkScope, from: ChainStep, to: ChainStep): readonly ChainLink[] {
  const delegator = isReachedDirectly(scope, from) ? undefined : delegatorOf(scope, from);
  if (delegator?.agent !== to.wire.agent_uid) return [];
  const { delegating: through } = delegator;
  if (through === undefined) return namedParentLinks([from.n], to, scope);
  const { skewMs } = scope.policy;
  const returned = orderOf(through, to, skewMs);
  if (through.n === to.n || returned === 'after') return [];
  if (orderOf(from, to, skewMs) === 'after') return [];
  const doubtful = returned === 'undetermined';
  return [
    { from, to, via: 'delegation', strength: STRENGTH.delegationExplicit, doubtful, through },
  ];
}

function namedParentLinks(
  numbers: readonly number[],
  to: ChainStep,
  { store, policy }: LinkScope,
): readonly ChainLink[] {
  const links: ChainLink[] = [];
  for (const from of store.stepsOf(numbers)) {
    const order = orderOf(from, to, policy.skewMs);
    if (order === 'after') continue;
    const doubtful = order === 'undetermined';
    links.push({ from, to, via: 'delegation', strength: STRENGTH.parentNamed, doubtful });
  }
  return links;
}

function returnLinks(scope: LinkScope, to: ChainStep, look: LinkLook): readonly ChainLink[] {
  const links: ChainLink[] = [];
  const { store, policy } = scope;
  const children = store.tables.byParent(to.wire.agent_uid);
  for (const delegating of store.stepsOf(children.over)) {
    if (delegating.n === to.n || look.back(delegating)) continue;
    const returned = orderOf(delegating, to, policy.skewMs);
    if (returned === 'after') continue;
    for (const from of store.stepsOf(childrenOf(store, delegating))) {
      const link = returnLink({ delegating, from, to, policy });
      if (link === undefined) continue;
      links.push({ ...link, doubtful: link.doubtful || returned === 'undetermined' });
    }
  }
  for (const from of store.stepsOf(children.under)) {
    if (from.wire.agent_uid === to.wire.agent_uid) continue;
    if (from.wire.parent_agent_uid !== to.wire.agent_uid) {
      links.push(...handedBackLinks(scope, from, to));
    } else if (!hasDelegation(store, to.wire.agent_uid, from.wire.agent_uid)) {
      links.push(...namedParentLinks([from.n], to, scope));
    }
  }
  return links;
}

export function childrenOf(store: ChainStore, delegating: ChainStep): ReadonlySet<number> {
  const { span_id: span, native_id: native, delegate_uid: delegate } = delegating.wire;
  return new Set([
    ...(span === undefined ? [] : store.tables.bySpan(span).under),
    ...(native === undefined ? [] : store.tables.byRef(native).under),
    ...(delegate === undefined ? [] : store.numbersBy(delegate)),
  ]);
}

function returnLink(parts: {
  delegating: ChainStep;
  from: ChainStep;
  to: ChainStep;
  policy: CompiledPolicy;
}): ChainLink | undefined {
  const { delegating, from, to, policy } = parts;
  const under = underDelegation(delegating, from, policy);
  const order = orderOf(from, to, policy.skewMs);
  if (under === undefined || order === 'after') return undefined;
  // What ran inside the call's span ended before the caller went on.
  const inside = under.strength === STRENGTH.delegationExplicit;
  const doubtful = under.doubtful || (order === 'undetermined' && !inside);
  return {
    from,
    to,
    via: 'delegation',
    strength: under.strength,
    doubtful,
    through: delegating,
  };
}

const PROVEN: ReadonlySet<string> = new Set(['attested', 'authenticated']);

/** An agent must not escape by inventing one a call. */
function partedByTask(a: PrivilegeStep, b: PrivilegeStep): boolean {
  if (a.task_id === b.task_id) return false;
  return PROVEN.has(a.claims.task) && PROVEN.has(b.claims.task);
}

function partedByInstance(a: PrivilegeStep, b: PrivilegeStep): boolean {
  const [left, right] = [a.instance_uid, b.instance_uid];
  if (left === undefined || right === undefined || left === right) return false;
  return PROVEN.has(a.agent_assurance) && PROVEN.has(b.agent_assurance);
}

function inOneContext(a: PrivilegeStep, b: PrivilegeStep): boolean {
  if (a.capabilities.length === 0 || b.capabilities.length === 0) return false;
  return !partedByInstance(a, b) && !partedByTask(a, b);
}

function contextLinks({ store, policy }: LinkScope, to: ChainStep): readonly ChainLink[] {
  const links: ChainLink[] = [];
  if (to.wire.capabilities.length === 0) return links;
  for (const from of store.stepsBy(to.wire.agent_uid)) {
    if (from.n === to.n || !inOneContext(from.wire, to.wire)) continue;
    const order = orderOf(from, to, policy.skewMs);
    if (order === 'after') continue;
    const doubtful = order === 'undetermined';
    links.push({ from, to, via: 'context', strength: STRENGTH.context, doubtful });
  }
  return links;
}
