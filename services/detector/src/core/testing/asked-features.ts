/** Features over a life: what each says, call by call, and what it has learnt. Test code. */
import type { AuditEvent } from '@waywarden/schemas';
import type { FindingContext, FindingRule } from '../alerting/finding.ts';
import type { Feature } from '../baselines/feature.ts';
import { resolveGrants } from '../domain/registry/resolve-grants.ts';
import { RULES } from '../rules/all-rules.ts';
import { noteApprovalEvent } from '../rules/approvals/approval-events.ts';
import { noteTaskLease } from '../rules/tasks/task-lease.ts';
import { FEATURES } from '../stages/features.ts';
import { declare } from '../state/agent/declarations.ts';
import {
  policyClasses,
  policyCombinations,
  policyLimits,
  policyVersion,
  registeredAgent,
  registryIndex,
  reviewedOf,
} from '../state/tenant-control.ts';
import { freeze } from './guarded-drafts.ts';
import { POLICY, REGISTRY } from './lived-world.ts';
import { MapTransaction } from './map-draft.ts';
import { publish, publishPolicy } from './registry-world.ts';
import { backwards } from './turned-events.ts';

const TENANT = 'acme';

interface Asked extends FindingContext {
  readonly grants: readonly string[] | null;
  readonly policyVersion: string;
}

/** A feature or a rule, asked alike. */
export interface Question {
  readonly name: string;
  see(transaction: MapTransaction, event: AuditEvent, asked: Asked): readonly unknown[];
}

function noteDeclared(transaction: MapTransaction, event: AuditEvent): void {
  if (event.activity === 'config_change') declare(transaction, event);
}

const ofFeature = (feature: Feature): Question => ({
  name: feature.name,
  see(transaction, event, { registered }) {
    noteDeclared(transaction, event);
    const score = feature.score(transaction, event, registered);
    feature.learn(transaction, event, 'clear');
    return score === null ? [] : [score];
  },
});

const ofRule = ([name, rule]: readonly [string, FindingRule]): Question => ({
  name,
  see(transaction, event, asked) {
    noteDeclared(transaction, event);
    noteTaskLease(transaction, event);
    noteApprovalEvent(transaction, event);
    return [rule(transaction, event, asked) ?? []].flat();
  },
});

export const QUESTIONS: readonly Question[] = [
  ...FEATURES.map(ofFeature),
  ...Object.entries(RULES).map(ofRule),
];

const CONTROLLED = new MapTransaction();
publishPolicy(CONTROLLED, POLICY);
publish(CONTROLLED, REGISTRY);
const INDEX = freeze(registryIndex(CONTROLLED, TENANT));

/** What the registry says, in another order of all that it lists. */
export const INDEX_TURNED = freeze(backwards(INDEX, '') as typeof INDEX);

/** The state of a stage that has heard of registry and policy and of nothing else. */
export function controlled(): MapTransaction {
  const transaction = new MapTransaction();
  for (const [key, value] of CONTROLLED.entries) transaction.put(key, structuredClone(value));
  return transaction;
}

function askedOf(event: AuditEvent, index = INDEX): Asked {
  if (index === undefined) throw new Error('the world has a registry');
  const registered = registeredAgent(index, event.agent.uid);
  return {
    registry: index.registry,
    registered,
    reviewed: reviewedOf(index, event.agent.uid),
    classes: policyClasses(CONTROLLED, TENANT),
    combinations: policyCombinations(CONTROLLED, TENANT),
    limits: policyLimits(CONTROLLED, TENANT),
    versions: 'r1|p1',
    now: event.event_time,
    grants: resolveGrants(event, index.registry, registered),
    policyVersion: policyVersion(CONTROLLED, TENANT),
  };
}

export function seen(
  feature: Question,
  transaction: MapTransaction,
  event: AuditEvent,
  index = INDEX,
): readonly unknown[] {
  return feature.see(transaction, event, askedOf(event, index));
}

/** With the words that are made when someone reads them. */
function inFull(answer: unknown): unknown {
  if (typeof answer !== 'object' || answer === null || !('reasons' in answer)) return answer;
  const { reasons } = answer;
  return { ...answer, reasons: typeof reasons === 'function' ? reasons() : reasons };
}

/** What the feature says of each event, as text: nothing is an empty list. */
export function said(
  feature: Question,
  events: readonly AuditEvent[],
  transaction = new MapTransaction(),
  index = INDEX,
): readonly string[] {
  return events.map((one) => JSON.stringify(seen(feature, transaction, one, index).map(inFull)));
}

/** What has been learnt, as it would be stored. */
export function learnt(transaction: MapTransaction): string {
  return JSON.stringify([...transaction.entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}
