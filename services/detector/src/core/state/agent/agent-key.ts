/**
 * Under which key something of an agent is stored: a fingerprint of tenant and uid (a uid may have two thousand
 * characters), what it is for, and of which of many. Fingerprints have 132 bits.
 */
import { type AuditEvent, shortPrint } from '@waywarden/schemas';

const PRINT_LENGTH = 22;
const BEFORE = 'a|';
/** Agents whose fingerprints are remembered; forgetting changes no result. */
const AGENTS_MAX = 4096;

export type AgentRef = Pick<AuditEvent, 'tenant_id'> & { readonly agent: { readonly uid: string } };

interface Keys {
  readonly prefix: string;
  /** Keys as they were made: a string that is put together anew is hashed before anything is found by it. */
  readonly byName: Map<string, string>;
}

const remembered = new Map<string, Keys>();
let latest: { readonly whose: AgentRef; readonly keys: Keys } | undefined;

function keysOf(tenant: string, uid: string): Keys {
  const name = `${tenant}|${uid}`;
  const known = remembered.get(name);
  if (known !== undefined) return known;
  if (remembered.size >= AGENTS_MAX) remembered.clear();
  const keys = { prefix: `${BEFORE}${shortPrint(name, PRINT_LENGTH)}|`, byName: new Map() };
  remembered.set(name, keys);
  return keys;
}

function keysOfWhose(whose: AgentRef): Keys {
  if (latest?.whose === whose) return latest.keys;
  const keys = keysOf(whose.tenant_id, whose.agent.uid);
  latest = { whose, keys };
  return keys;
}

function keyFor({ prefix, byName }: Keys, name: string, part: string | undefined): string {
  if (part !== undefined) return `${prefix}${name}|${part}`;
  let key = byName.get(name);
  if (key === undefined) {
    key = prefix + name;
    byName.set(name, key);
  }
  return key;
}

/** `name`: what it is for, one of a few that stand in the code; `part`: of which of many, a chain. */
export function agentKeyOf(tenant: string, uid: string, name: string, part?: string): string {
  return keyFor(keysOf(tenant, uid), name, part);
}

/** The same of the agent of an event. */
export function agentStateKey(whose: AgentRef, name: string, part?: string): string {
  return keyFor(keysOfWhose(whose), name, part);
}

/** By what an agent is remembered where only its keys are asked for. */
export function agentPrint(whose: AgentRef): string {
  return keysOfWhose(whose).prefix.slice(BEFORE.length, -1);
}

/** The same key as `agentKeyOf` makes, of the agent of a print. */
export function keyAt(print: string, name: string, part?: string): string {
  const key = `${BEFORE}${print}|${name}`;
  return part === undefined ? key : `${key}|${part}`;
}

/** Whose such a key is and what for; undefined: of no agent. */
export function readAgentKey(
  key: string,
): { readonly agent: string; readonly name: string } | undefined {
  const [sort, print, ...name] = key.split('|');
  if (sort !== 'a' || print === undefined) return undefined;
  return { agent: print, name: name.join('|') };
}
