/**
 * The topics, how many partitions each may have, how its records are keyed, and what protects them.
 *
 * The key decides which records keep their order towards each other, so it is a contract like the
 * value: whoever writes to a topic, in any language, uses these keys. Parts are joined by `|`; a
 * tenant id holds none, so the first `|` ends it and whatever follows may hold more.
 */

/**
 * What makes a reader believe a record: `acl` (the broker's authentication, one principal a
 * service), `mac` (`ww_mac`, one key a service) or `jws` (`ww_sig`, verified by a public key).
 */
export const PROTECTIONS = ['acl', 'mac', 'jws'] as const;
export type Protection = (typeof PROTECTIONS)[number];

export interface Topic {
  readonly name: string;
  /** How the record key is made; the functions below make it. */
  readonly keyOf: string;
  readonly protection: Protection;
  /** One partition, because the order of *all* its records decides something. */
  readonly singlePartition?: true;
  /** The broker may keep only the last record of each key. */
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

/** Broken invariant, not odd input: the schema refuses such a tenant id before a key is made. */
function key(tenantId: string, rest: string): string {
  if (tenantId === '' || tenantId.includes(KEY_SEPARATOR)) {
    throw new RangeError(`Tenant id ${JSON.stringify(tenantId)} is empty or holds "|".`);
  }
  return tenantId + KEY_SEPARATOR + rest;
}

/** Key of `audit.events`. All key functions throw RangeError on a tenant id with `|`. */
export function eventKey(tenantId: string, agentUid: string): string {
  return key(tenantId, agentUid);
}

/** Key of `telemetry`. */
export function telemetryKey(tenantId: string, source: string): string {
  return key(tenantId, source);
}

/** Key of `value.flows`. */
export function flowKey(tenantId: string, fingerprint: string): string {
  return key(tenantId, fingerprint);
}

/** Key of `baseline.partials` and `baseline.snapshots`. */
export function peerGroupKey(tenantId: string, peerGroup: string): string {
  return key(tenantId, peerGroup);
}

/** Key of `privilege.steps` and `privilege.links`: the chain that the record is for. */
export function chainKey(tenantId: string, chainId: string): string {
  return key(tenantId, chainId);
}

/** Key of `alerts`. */
export function alertKey(tenantId: string, alertId: string): string {
  return key(tenantId, alertId);
}

/** Key of `triage`: one order for all that people of a tenant do about alerts. */
export function triageKey(tenantId: string): string {
  return key(tenantId, '*');
}

/** Key of a notice in `revocation.commands` that is about all agents of a tenant. */
export function noticeKey(tenantId: string): string {
  return key(tenantId, '*');
}

/** Key of `decisions`, `revocation.commands` and `revocation.receipts`. */
export function agentKey(tenantId: string, agentUid: string): string {
  return key(tenantId, agentUid);
}

/** Key of `registry`; `kind` holds no `|` either, or another entry's key could be made. */
export function registryKey(tenantId: string, kind: string, id: string): string {
  if (kind === '' || kind.includes(KEY_SEPARATOR)) {
    throw new RangeError(`Registry kind ${JSON.stringify(kind)} is empty or holds "|".`);
  }
  return key(tenantId, kind + KEY_SEPARATOR + id);
}

/** Tenant and rest of a key; undefined when it has no tenant (watermarks, journal, dead letters). */
export function splitKey(recordKey: string): { tenantId: string; rest: string } | undefined {
  const at = recordKey.indexOf(KEY_SEPARATOR);
  if (at < 1) return undefined;
  return { tenantId: recordKey.slice(0, at), rest: recordKey.slice(at + 1) };
}
