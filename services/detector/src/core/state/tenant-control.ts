/** Policy and registry of a tenant, as control records last set them; repeats are ignored. */
import type { ControlRecord, Policy, Registry, RegistryAgent } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';

/** Keys of a tenant's rules; the last tenant's are remembered, since a rebuilt string is copied and hashed. */
interface ControlKeys {
  readonly policy: string;
  readonly registry: string;
  readonly limits: string;
  readonly links: string;
  readonly classes: string;
  readonly combinations: string;
}

let latest: { readonly tenant: string; readonly keys: ControlKeys } | undefined;

function controlKeys(tenant: string): ControlKeys {
  if (latest?.tenant === tenant) return latest.keys;
  const keys = {
    policy: `control|policy|${tenant}`,
    registry: `control|registry|${tenant}`,
    limits: `control|limits|${tenant}`,
    links: `control|links|${tenant}`,
    classes: `control|classes|${tenant}`,
    combinations: `control|combinations|${tenant}`,
  };
  latest = { tenant, keys };
  return keys;
}

/** What a risk review covered, else what the registry said then. */
export interface ReviewedContent {
  readonly by: string;
  readonly at: string;
  readonly class: string;
  readonly grants: readonly string[] | null;
  readonly tools: readonly string[] | null;
}

function reviewedContent(agent: RegistryAgent): ReviewedContent | undefined {
  const review = agent.risk_review;
  if (review === undefined) return undefined;
  return {
    by: review.by,
    at: review.at,
    class: review.reviewed?.class ?? agent.class,
    grants: review.reviewed?.grants ?? agent.grants ?? null,
    tools: review.reviewed?.tools ?? agent.profile?.tools ?? null,
  };
}

export interface CombinationNeeds {
  readonly id: string;
  readonly steps: readonly (readonly string[])[];
}

export interface LinkRules {
  readonly kinds: readonly string[];
  readonly commonValues: readonly string[];
  readonly granteeUses?: readonly string[];
}

/** Shipped rules detect, nothing is enforced. */
const UNSET_VERSION = 'unset';

export interface RegistryIndex {
  readonly version: string;
  readonly registry: Registry;
  readonly agents: Readonly<Record<string, RegistryAgent>>;
  /** By uid, as at the first version that named the review. */
  readonly reviewed: Readonly<Record<string, ReviewedContent>>;
}

function reviewedSince(
  agents: readonly RegistryAgent[],
  before: RegistryIndex | undefined,
): RegistryIndex['reviewed'] {
  const reviewed: Record<string, ReviewedContent> = {};
  for (const agent of agents) {
    const now = reviewedContent(agent);
    if (now === undefined) continue;
    const earlier =
      before !== undefined && Object.hasOwn(before.reviewed, agent.uid)
        ? before.reviewed[agent.uid]
        : undefined;
    const isSame = earlier?.at === now.at && earlier.by === now.by;
    const stated = agent.risk_review?.reviewed !== undefined;
    reviewed[agent.uid] = isSame && !stated ? earlier : now;
  }
  return reviewed;
}

/** Denied by its nature. */
function combinationNeeds({ combinations }: Policy): readonly CombinationNeeds[] {
  return combinations.map(({ id, steps }) => ({
    id,
    steps: steps
      .filter((step) => step.attempted !== true)
      .map((step) => step.any.filter((symbol) => !symbol.startsWith('attempted:')))
      .filter((any) => any.length > 0),
  }));
}

/** False: a repeat, or of a replaced sequencer. */
export function acceptNumbered(transaction: Transaction, seq: number): boolean {
  const last = transaction.get<number>('sequence') ?? 0;
  if (seq <= last) return false;
  transaction.put('sequence', seq);
  return true;
}

export function applyTenantControl(transaction: Transaction, control: ControlRecord): boolean {
  if (!acceptNumbered(transaction, control.seq)) return false;
  if (control.kind === 'policy') {
    transaction.put(controlKeys(control.tenant_id).policy, control.version);
    transaction.put(controlKeys(control.tenant_id).classes, control.policy.classes);
    transaction.put(controlKeys(control.tenant_id).limits, control.policy.limits);
    const { kinds, common_values: commonValues } = control.policy.links;
    const granteeUses = control.policy.combinations
      .flatMap((one) => one.steps)
      .flatMap((step) => (step.link?.includes('grantee') === true ? step.any : []));
    const rules: LinkRules = { kinds, commonValues, granteeUses };
    transaction.put(controlKeys(control.tenant_id).links, rules);
    transaction.put(controlKeys(control.tenant_id).combinations, combinationNeeds(control.policy));
    return true;
  }
  const index: RegistryIndex = {
    version: control.version,
    registry: control.registry,
    agents: Object.fromEntries(control.registry.agents.map((agent) => [agent.uid, agent])),
    reviewed: reviewedSince(
      control.registry.agents,
      transaction.get<RegistryIndex>(controlKeys(control.tenant_id).registry),
    ),
  };
  transaction.put(controlKeys(control.tenant_id).registry, index);
  return true;
}

export function policyVersion(transaction: Transaction, tenant: string): string {
  return transaction.get<string>(controlKeys(tenant).policy) ?? UNSET_VERSION;
}

export function registryIndex(transaction: Transaction, tenant: string): RegistryIndex | undefined {
  return transaction.get<RegistryIndex>(controlKeys(tenant).registry);
}

export function registeredAgent(
  index: RegistryIndex | undefined,
  uid: string,
): RegistryAgent | undefined {
  return index !== undefined && Object.hasOwn(index.agents, uid) ? index.agents[uid] : undefined;
}

/** False where the registry names nobody. */
export function isUnregistered(index: RegistryIndex | undefined, uid: string): boolean {
  if (index === undefined || index.registry.agents.length === 0) return false;
  return registeredAgent(index, uid) === undefined;
}

/** Undefined without a policy. */
export function linkRules(transaction: Transaction, tenant: string): LinkRules | undefined {
  return transaction.get<LinkRules>(controlKeys(tenant).links);
}

export function policyClasses(
  transaction: Transaction,
  tenant: string,
): Policy['classes'] | undefined {
  return transaction.get<Policy['classes']>(controlKeys(tenant).classes);
}

export function policyLimits(
  transaction: Transaction,
  tenant: string,
): Policy['limits'] | undefined {
  return transaction.get<Policy['limits']>(controlKeys(tenant).limits);
}

export function policyCombinations(
  transaction: Transaction,
  tenant: string,
): readonly CombinationNeeds[] {
  return transaction.get<readonly CombinationNeeds[]>(controlKeys(tenant).combinations) ?? [];
}

export function reviewedOf(
  index: RegistryIndex | undefined,
  uid: string,
): ReviewedContent | undefined {
  return index !== undefined && Object.hasOwn(index.reviewed, uid)
    ? index.reviewed[uid]
    : undefined;
}
