/**
 * Under which key something of an agent is kept. The agent stands in it, with its tenant, as a
 * fingerprint of 132 bits: a uid may have two thousand characters, and an agent has thirty keys. It stands
 * before what the key is for, so that all that is kept of an agent lies together on disk.
 */
import { type AuditEvent, shortPrint } from '@waywarden/schemas';

const AGENT_PRINT = 22;

/** Both are asked for thirty times an event. */
const PREFIXES = new WeakMap<object, string>();

type Whose = Pick<AuditEvent, 'tenant_id'> & { readonly agent: { readonly uid: string } };

function prefixOf(tenant: string, uid: string): string {
  return `a|${shortPrint(`${tenant}|${uid}`, AGENT_PRINT)}|`;
}

/** `name`: what it is for, and further parts after a `|`. */
export function agentKey(event: Whose, name: string): string {
  let prefix = PREFIXES.get(event);
  if (prefix === undefined) {
    prefix = prefixOf(event.tenant_id, event.agent.uid);
    PREFIXES.set(event, prefix);
  }
  return prefix + name;
}

/** The same where there is no event. */
export function agentKeyOf(tenant: string, uid: string, name: string): string {
  return prefixOf(tenant, uid) + name;
}
