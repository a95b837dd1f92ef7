/**
 * Topics: partitions, keys, protection. Keys are contracts too: they decide order. Parts are joined by `|`, which
 * no tenant id holds.
 */

/** `acl`: broker; `mac`: `ww_mac`; `jws`: `ww_sig`. */
export const PROTECTIONS = ['acl', 'mac', 'jws'] as const;
export type Protection = (typeof PROTECTIONS)[number];

export interface Topic {
  readonly name: string;
  readonly keyOf: string;
  readonly protection: Protection;
  /** The order of all records decides. */
  readonly singlePartition?: true;
  readonly compacted?: true;
}

export const TOPICS = {
  auditEvents: {
    name: 'waywarden.audit.events.v1',
    keyOf: 'tenant|agent.uid; watermark and control records have none and go to every partition',
    protection: 'acl',
  },
  auditDeadletter: {
    name: 'waywarden.audit.deadletter.v1',
    keyOf: 'source',
    protection: 'acl',
  },
  telemetry: {
    name: 'waywarden.telemetry.v1',
    keyOf: 'tenant|source kind/instance',
    protection: 'acl',
  },
  valueFlows: { name: 'waywarden.value.flows.v1', keyOf: 'tenant|fp', protection: 'acl' },
  baselinePartials: {
    name: 'waywarden.baseline.partials.v1',
    keyOf: 'tenant|peer group',
    protection: 'acl',
  },
  baselineSnapshots: {
    name: 'waywarden.baseline.snapshots.v1',
    keyOf: 'tenant|peer group',
    protection: 'mac',
    singlePartition: true,
  },
  privilegeSteps: {
    name: 'waywarden.privilege.steps.v1',
    keyOf: 'tenant|chain_id of the consuming call',
    protection: 'acl',
  },
  privilegeLinks: {
    name: 'waywarden.privilege.links.v1',
    keyOf:
      'tenant|chain_id of the consuming call; before its summary is added, of the producing one',
    protection: 'mac',
  },
  alerts: { name: 'waywarden.alerts.v1', keyOf: 'tenant|alert_id', protection: 'mac' },
  responseJournal: {
    name: 'waywarden.response.journal.v1',
    keyOf: 'none',
    protection: 'acl',
    singlePartition: true,
  },
  decisions: { name: 'waywarden.decisions.v1', keyOf: 'tenant|agent_uid', protection: 'acl' },
  revocationCommands: {
    name: 'waywarden.revocation.commands.v1',
    keyOf: 'tenant|agent_uid; notices (control records): tenant|*',
    protection: 'jws',
  },
  revocationReceipts: {
    name: 'waywarden.revocation.receipts.v1',
    keyOf: 'tenant|agent_uid',
    protection: 'jws',
  },
  registry: {
    name: 'waywarden.registry.v1',
    keyOf: 'tenant|kind|id',
    protection: 'jws',
    singlePartition: true,
    compacted: true,
  },
  triage: {
    name: 'waywarden.triage.v1',
    keyOf: 'tenant|*',
    protection: 'mac',
    singlePartition: true,
  },
  leases: {
    name: 'waywarden.leases.v1',
    keyOf: 'role',
    protection: 'mac',
    singlePartition: true,
    compacted: true,
  },
} as const satisfies Record<string, Topic>;

export type TopicId = keyof typeof TOPICS;
export type TopicName = (typeof TOPICS)[TopicId]['name'];

const KEY_SEPARATOR = '|';

/** The schema refuses such ids. */
function key(tenantId: string, rest: string): string {
  if (tenantId === '' || tenantId.includes(KEY_SEPARATOR)) {
    throw new RangeError(`Tenant id ${JSON.stringify(tenantId)} is empty or holds "|".`);
  }
  return tenantId + KEY_SEPARATOR + rest;
}

/** Key functions throw RangeError on `|` in a tenant. */
export function eventKey(tenantId: string, agentUid: string): string {
  return key(tenantId, agentUid);
}

export function telemetryKey(tenantId: string, source: string): string {
  return key(tenantId, source);
}

export function flowKey(tenantId: string, fingerprint: string): string {
  return key(tenantId, fingerprint);
}

export function peerGroupKey(tenantId: string, peerGroup: string): string {
  return key(tenantId, peerGroup);
}

/** The chain that the record is for. */
export function chainKey(tenantId: string, chainId: string): string {
  return key(tenantId, chainId);
}

export function alertKey(tenantId: string, alertId: string): string {
  return key(tenantId, alertId);
}

/** One order a tenant. */
export function triageKey(tenantId: string): string {
  return key(tenantId, '*');
}

/** About all agents of a tenant. */
export function noticeKey(tenantId: string): string {
  return key(tenantId, '*');
}

export function agentKey(tenantId: string, agentUid: string): string {
  return key(tenantId, agentUid);
}

/** `kind` holds no `|` either. */
export function registryKey(tenantId: string, kind: string, id: string): string {
  if (kind === '' || kind.includes(KEY_SEPARATOR)) {
    throw new RangeError(`Registry kind ${JSON.stringify(kind)} is empty or holds "|".`);
  }
  return key(tenantId, kind + KEY_SEPARATOR + id);
}

/** Undefined: no tenant. */
export function splitKey(recordKey: string): { tenantId: string; rest: string } | undefined {
  const at = recordKey.indexOf(KEY_SEPARATOR);
  if (at < 1) return undefined;
  return { tenantId: recordKey.slice(0, at), rest: recordKey.slice(at + 1) };
}
