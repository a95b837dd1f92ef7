/** Keys of an agent's state: 132-bit fingerprint of tenant and uid, name, part. */
import { type AuditEvent, shortPrint } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';

const PRINT_LENGTH = 22;
const BEFORE = 'a|';
/** Forgetting changes no result. */
const AGENTS_MAX = 4096;

export type AgentRef = Pick<AuditEvent, 'tenant_id'> & { readonly agent: { readonly uid: string } };

interface Keys {
  readonly prefix: string;
  /** A rebuilt string is hashed anew. */
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

/** `name`: one of a few in the code; `part`: such as a chain. */
export function agentKeyOf(tenant: string, uid: string, name: string, part?: string): string {
  return keyFor(keysOf(tenant, uid), name, part);
}

export function agentStateKey(whose: AgentRef, name: string, part?: string): string {
  return keyFor(keysOfWhose(whose), name, part);
}

export function agentPrint(whose: AgentRef): string {
  return keysOfWhose(whose).prefix.slice(BEFORE.length, -1);
}

export function keyAt(print: string, name: string, part?: string): string {
  const key = `${BEFORE}${print}|${name}`;
  return part === undefined ? key : `${key}|${part}`;
}

/** Undefined: of no agent. */
export function readAgentKey(
  key: string,
): { readonly agent: string; readonly name: string } | undefined {
  const [sort, print, ...name] = key.split('|');
  if (sort !== 'a' || print === undefined) return undefined;
  return { agent: print, name: name.join('|') };
}

export function knownOf<Of>(
  transaction: Transaction,
  whose: AgentRef,
  name: string,
): Of | undefined {
  return transaction.get<Of>(agentStateKey(whose, name));
}

export function storeKnown(
  transaction: Transaction,
  whose: AgentRef,
  name: string,
  value: unknown,
): void {
  transaction.put(agentStateKey(whose, name), value);
}
