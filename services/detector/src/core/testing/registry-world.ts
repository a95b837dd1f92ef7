/** The profile stage under a registry that tests publish, whole records out: what tests of its rules ask. Test code. */
import {
  type Alert,
  type AuditEvent,
  type PrivilegeStep,
  policySchema,
  registrySchema,
  TOPICS,
} from '@waywarden/schemas';
import type { Output, StageRecord } from '@waywarden/stage';
import { decideProfile } from '../stages/decide-profile.ts';
import { event } from './event-builder.ts';
import { MapTransaction } from './map-draft.ts';

function record(value: unknown, type: StageRecord['type'] = 'event'): StageRecord {
  const topic = TOPICS.auditEvents.name;
  return { topic, partition: 0, offset: 0, key: null, type, value, source: 'audit/i/0' };
}

let controls = 0;

export function publish(transaction: MapTransaction, registry: unknown, version = 'r1'): void {
  controls += 1;
  const value = {
    kind: 'registry',
    seq: controls,
    tenant_id: 'acme',
    version,
    registry: registrySchema.parse(registry),
  };
  decideProfile(transaction, record(value, 'control'));
}

export function publishPolicy(transaction: MapTransaction, policy: unknown): void {
  controls += 1;
  const value = {
    kind: 'policy',
    seq: controls,
    tenant_id: 'acme',
    version: `p${controls}`,
    policy: policySchema.parse(policy),
  };
  decideProfile(transaction, record(value, 'control'));
}

export function world(registry?: unknown): MapTransaction {
  const transaction = new MapTransaction();
  if (registry !== undefined) publish(transaction, registry);
  return transaction;
}

export const alertsOf = (outputs: readonly Output[]) =>
  outputs.filter((o) => o.topic === TOPICS.alerts.name).map((o) => o.value as Alert);
export const observationsOf = (outputs: readonly Output[]) =>
  outputs
    .filter((o) => o.topic === TOPICS.privilegeSteps.name)
    .map((o) => o.value as PrivilegeStep)
    .filter((step) => step.activity.startsWith('agent_sighted'));
export const feed = (transaction: MapTransaction, one: AuditEvent) =>
  decideProfile(transaction, record(one));
export const alerts = (transaction: MapTransaction, one: AuditEvent) =>
  alertsOf(feed(transaction, one));

const AGENT = { uid: 'reporter' };
export const registry = (agent: object = {}, rest: object = {}) => ({
  version: 1,
  agents: [{ ...AGENT, class: 'autonomous', ...agent }],
  ...rest,
});

export const send = (n: number, over: Partial<AuditEvent> = {}) =>
  event(n, {
    effect: 'send',
    tool: { name: 'send_email', server: 'mail' },
    capabilities: [{ symbol: 'send:external', basis: 'catalogue' }],
    ...over,
  });
export const asserted = (n: number, over: Partial<AuditEvent> = {}) => {
  const one = send(n, over);
  return { ...one, claims: { ...one.claims, workflow: 'asserted' as const } };
};
