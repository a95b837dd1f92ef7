/**
 * Under which key something of an agent is kept. The agent stands in it, with its tenant, as a
 * fingerprint of 132 bits: a uid may have two thousand characters, and an agent has thirty keys. It stands
 * before what the key is for, so that all that is kept of an agent lies together on disk.
 *
 * Keys that every agent has are remembered as they were made: twenty are asked for at each event, and
 * a string that was put together anew has to be copied and hashed before anything is found by it.
 */
import { type AuditEvent, shortPrint } from '@waywarden/schemas';

const AGENT_PRINT = 22;
/** Agents whose keys are remembered. Whoever sends events chooses names; forgetting changes no result. */
const AGENTS_MAX = 4096;

interface Keys {
  readonly prefix: string;
  readonly byName: Map<string, string>;
}

/** By tenant, then by uid. */
const remembered = new Map<string, Map<string, Keys>>();
let agents = 0;
/** Of the agent that was asked for last: all questions about one event ask for the same. */
let latest: { readonly tenant: string; readonly uid: string; readonly keys: Keys } | undefined;

type Whose = Pick<AuditEvent, 'tenant_id'> & { readonly agent: { readonly uid: string } };

function newKeys(tenant: string, uid: string): Keys {
  if (agents >= AGENTS_MAX) {
    remembered.clear();
    agents = 0;
  }
  const keys = {
    prefix: `a|${shortPrint(`${tenant}|${uid}`, AGENT_PRINT)}|`,
    byName: new Map<string, string>(),
  };
  const own = remembered.get(tenant);
  if (own === undefined) remembered.set(tenant, new Map([[uid, keys]]));
  else own.set(uid, keys);
  agents += 1;
  return keys;
}

function keysOf(tenant: string, uid: string): Keys {
  if (latest?.uid === uid && latest.tenant === tenant) return latest.keys;
  const keys = remembered.get(tenant)?.get(uid) ?? newKeys(tenant, uid);
  latest = { tenant, uid, keys };
  return keys;
}

/** `name`: what it is for, one of a few that stand in the code; `part`: of which of many, a chain. */
export function agentKeyOf(tenant: string, uid: string, name: string, part?: string): string {
  const { prefix, byName } = keysOf(tenant, uid);
  if (part !== undefined) return `${prefix}${name}|${part}`;
  let key = byName.get(name);
  if (key === undefined) {
    key = prefix + name;
    byName.set(name, key);
  }
  return key;
}

/** The same of the agent of an event. */
export function agentKey(event: Whose, name: string, part?: string): string {
  return agentKeyOf(event.tenant_id, event.agent.uid, name, part);
}
