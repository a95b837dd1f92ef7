/**
 * Under which key something of an agent is kept. The agent stands in it, with its tenant, as a
 * fingerprint: a uid may have two thousand characters, and an agent has twenty keys. It stands
 * before what the key is for, so that all that is known of an agent lies together on disk.
 *
 * What is known of an agent stands under 96 bits of it and a letter, and what is asked for with each event together
 * under one (`known-of-agent.ts`): keys were a tenth of all that is kept. Of a million agents two share such a print
 * once in 10^17; whoever seeks a uid that is taken for a given one tries 2^96, or 2^76 for any of a million. Two of
 * their own that are taken for one they can find in 2^48; it gives them what one uid under both names would.
 * Work in hand, which is not counted, has the longer print: other state refers to these keys.
 *
 * Keys that every agent has are remembered as they were made: twenty are asked for at each event, and
 * a string that was put together anew has to be copied and hashed before anything is found by it.
 */
import { type AuditEvent, shortPrint } from '@waywarden/schemas';

/** Before what is known; no other key begins with it. */
const KNOWN = '@';
export const KNOWN_PRINT = 16;
const LONG_PRINT = 22;
/** Agents whose keys are remembered. Whoever sends events chooses names; forgetting changes no result. */
const AGENTS_MAX = 4096;

/** What is known of an agent, by the name that code uses, and as it stands in the key. A new one gets a line. */
const SHORT = {
  alive: 'a',
  approved: 'b',
  'approved-earlier': 'c',
  approving: 'd',
  burst: 'e',
  composed: 'f',
  deciders: 'g',
  'expired-at': 'E',
  found: 'h',
  flagged: 'i',
  instruction: 'j',
  leases: 'k',
  lent: 'l',
  met: 'M',
  'met|first_counterparty': 'm',
  newcomer: 'n',
  noted: 'o',
  overran: 'p',
  places: 'q',
  refused: 'r',
  shown: 's',
  since: 't',
  standing: 'S',
  stolen: 'u',
  tasked: 'v',
  turns: 'w',
  unattended: 'x',
  unregistered: 'y',
  volumes: 'V',
  ways: 'W',
} as const;
const SHORT_BY_NAME: ReadonlyMap<string, string> = new Map(Object.entries(SHORT));
const NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries(SHORT).map(([name, short]) => [short, name]),
);
/** All names under which something stands. */
export const KNOWN_NAMES: readonly string[] = Object.keys(SHORT);

/** What stands together in one value, and is asked for thirty times at each event: found by number. */
export const TOGETHER = ['standing', 'met', 'volumes', 'ways'] as const;
export type Together = (typeof TOGETHER)[number];

interface Keys {
  readonly known: string;
  readonly inHand: string;
  readonly byName: Map<string, string>;
  /** As `TOGETHER` has them. */
  readonly together: readonly string[];
}

/** By tenant, then by uid. */
const remembered = new Map<string, Map<string, Keys>>();
let agents = 0;
/** Of the agent that was asked for last, and the event that asked: all questions about one event ask for the same. */
let latest: { readonly tenant: string; readonly uid: string; readonly keys: Keys } | undefined;
let latestOf: { readonly whose: Whose; readonly keys: Keys } | undefined;

export type Whose = Pick<AuditEvent, 'tenant_id'> & { readonly agent: { readonly uid: string } };

function newKeys(tenant: string, uid: string): Keys {
  if (agents >= AGENTS_MAX) {
    remembered.clear();
    agents = 0;
  }
  const print = shortPrint(`${tenant}|${uid}`, LONG_PRINT);
  const known = KNOWN + print.slice(0, KNOWN_PRINT);
  const keys = {
    known,
    inHand: `a|${print}|`,
    byName: new Map<string, string>(),
    together: TOGETHER.map((name) => known + SHORT[name]),
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

/** By the event itself: to compare what it names forty times is more than all else here. */
function keysOfWhose(whose: Whose): Keys {
  if (latestOf?.whose === whose) return latestOf.keys;
  const keys = keysOf(whose.tenant_id, whose.agent.uid);
  latestOf = { whose, keys };
  return keys;
}

/** `name`: what it is for, one of a few that stand in the code; `part`: of which of many, a chain. */
export function agentKeyOf(tenant: string, uid: string, name: string, part?: string): string {
  return keyFor(keysOf(tenant, uid), name, part);
}

function keyFor({ known, inHand, byName }: Keys, name: string, part?: string): string {
  if (part !== undefined) return `${inHand}${name}|${part}`;
  let key = byName.get(name);
  if (key === undefined) {
    const short = SHORT_BY_NAME.get(name);
    key = short === undefined ? inHand + name : known + short;
    byName.set(name, key);
  }
  return key;
}

/** The same of the agent of an event. */
export function agentKey(event: Whose, name: string, part?: string): string {
  return keyFor(keysOfWhose(event), name, part);
}

/** The same of what stands together. */
export function togetherKey(whose: Whose, at: number): string {
  return keysOfWhose(whose).together[at] ?? '';
}

/** By what an agent is remembered where only its keys are asked for; a uid may be a hundred times as long. */
export function agentPrint(event: Whose): string {
  return keysOfWhose(event).inHand.slice(2, 2 + LONG_PRINT);
}

/** The same key as `agentKeyOf` makes, of the agent of a print. */
export function keyAt(print: string, name: string, part?: string): string {
  const short = part === undefined ? SHORT_BY_NAME.get(name) : undefined;
  if (short !== undefined) return KNOWN + print.slice(0, KNOWN_PRINT) + short;
  return part === undefined ? `a|${print}|${name}` : `a|${print}|${name}|${part}`;
}

/** Whose such a key is and what for, by the name that code uses; undefined: of no agent. */
export function readAgentKey(
  key: string,
): { readonly agent: string; readonly name: string } | undefined {
  if (key.startsWith(KNOWN)) {
    const end = KNOWN.length + KNOWN_PRINT;
    const short = key.slice(end);
    return { agent: key.slice(KNOWN.length, end), name: NAMES.get(short) ?? short };
  }
  const [sort, print, ...name] = key.split('|');
  if (sort !== 'a' || print === undefined) return undefined;
  return { agent: print.slice(0, KNOWN_PRINT), name: name.join('|') };
}
