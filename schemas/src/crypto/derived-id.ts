/** Derived ids: UUIDv5 (RFC 9562, 5.5) over type and parts, joined by `|`. */
import { hash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';

const URL_NAMESPACE = '6ba7b811-9dad-11d1-80b4-00c04fd430c8';
const NAMESPACE_BYTES = 16;
const SCRATCH_NAME_LENGTH = 8192;
/** At most three bytes a unit. */
const scratch = Buffer.alloc(NAMESPACE_BYTES + 3 * SCRATCH_NAME_LENGTH);

function namespaceBytes(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}

function uuidText(sha1Hex: string): string {
  // Version 5, variant 10.
  const variant = ((Number.parseInt(sha1Hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${sha1Hex.slice(0, 8)}-${sha1Hex.slice(8, 12)}-5${sha1Hex.slice(13, 16)}-${variant}${sha1Hex.slice(17, 20)}-${sha1Hex.slice(20, 32)}`;
}

export function uuidV5(namespace: string, name: string): string {
  if (namespace === WAYWARDEN_NAMESPACE) return derive(name);
  return hashed(namespace, name);
}

function hashed(namespace: string, name: string): string {
  const bytes = Buffer.concat([namespaceBytes(namespace), Buffer.from(name, 'utf8')]);
  return uuidText(hash('sha1', bytes, 'hex'));
}

/** Of this project's URL. */
export const WAYWARDEN_NAMESPACE = hashed(URL_NAMESPACE, 'https://waywarden.dev/ns');
const namespace = namespaceBytes(WAYWARDEN_NAMESPACE);
namespace.copy(scratch, 0);

function derive(name: string): string {
  // An allocation would cost as much as the hash.
  if (name.length > SCRATCH_NAME_LENGTH) return hashed(WAYWARDEN_NAMESPACE, name);
  const length = scratch.write(name, NAMESPACE_BYTES, 'utf8');
  return uuidText(hash('sha1', scratch.subarray(0, NAMESPACE_BYTES + length), 'hex'));
}

export interface EventIdParts {
  readonly tenantId: string;
  readonly sourceKind: string;
  readonly sourceInstance: string;
  readonly agentUid: string;
  readonly nativeId: string;
  readonly phase: string;
}

/** Made for every event. */
export function eventId(parts: EventIdParts): string {
  if (parts.agentUid.includes('|') || parts.nativeId.includes('|')) {
    return derive(
      `event|${parts.tenantId}|${parts.sourceKind}/${parts.sourceInstance}|${parts.agentUid}|${parts.nativeId}|${parts.agentUid.length}|${parts.phase}`,
    );
  }
  return derive(
    `event|${parts.tenantId}|${parts.sourceKind}/${parts.sourceInstance}|${parts.agentUid}|${parts.nativeId}|${parts.phase}`,
  );
}

export interface AlertIdParts {
  readonly tenantId: string;
  readonly kind: string;
  readonly ruleId: string;
  /** With the combination for chain-wide kinds. */
  readonly alertKey: string;
}

export function alertId(parts: AlertIdParts): string {
  return derive(`alert|${parts.tenantId}|${parts.kind}|${parts.ruleId}|${parts.alertKey}`);
}

export function incidentId(tenantId: string, rootCauseKey: string): string {
  return derive(`incident|${tenantId}|${rootCauseKey}`);
}

export interface DecisionIdParts {
  readonly tenantId: string;
  readonly alertId: string;
  readonly revision: number;
  readonly ruleId: string;
}

export function decisionId(parts: DecisionIdParts): string {
  return derive(`decision|${parts.tenantId}|${parts.alertId}|${parts.revision}|${parts.ruleId}`);
}

export interface CommandIdParts {
  readonly tenantId: string;
  /** In RFC 8785 form. */
  readonly target: Readonly<Record<string, unknown>>;
  readonly action: string;
  readonly containmentId: string;
}

export function commandId(parts: CommandIdParts): string {
  const target = canonicalJson(parts.target);
  return derive(`command|${parts.tenantId}|${target}|${parts.action}|${parts.containmentId}`);
}

/** Of a root key or credential. */
export function nameFingerprint(tenantId: string, kind: string, name: string): string {
  return derive(`flow|${tenantId}|${kind}|${name}`);
}
