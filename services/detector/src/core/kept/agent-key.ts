/**
 * Under which key something of an agent is kept. The agent stands in it, with its tenant, as a
 * fingerprint: a uid may have two thousand characters, and an agent has thirty keys. It stands
 * before what the key is for, so that all that is kept of an agent lies together on disk.
 *
 * What is known of an agent stands under 96 bits of it and a short name: thirty times the long print and the
 * name in full were a tenth of all that is kept. Of a million agents two share such a print once in 10^17;
 * whoever seeks a uid that is taken for a given one tries 2^96, or 2^76 for any of a million. Two of their own
 * that are taken for one they can find in 2^48; it gives them what one uid under both names would.
 * Work in hand, which is not counted, has the longer print: other state refers to these keys.
 *
 * Keys that every agent has are remembered as they were made: twenty are asked for at each event, and
 * a string that was put together anew has to be copied and hashed before anything is found by it.
 */
import { type AuditEvent, shortPrint } from '@waywarden/schemas';

const KNOWN_PRINT = 16;
const LONG_PRINT = 22;
/** Agents whose keys are remembered. Whoever sends events chooses names; forgetting changes no result. */
const AGENTS_MAX = 4096;

/** What is known of an agent, by the name that code uses, and as it stands in the key. A new one gets a line. */
const SHORT = {
  acted: 'ah',
  alive: 'al',
  approvals: 'ap',
  approved: 'ad',
  'approved-earlier': 'ae',
  approving: 'ag',
  burst: 'bu',
  clock: 'cl',
  composed: 'co',
  daytotals: 'dt',
  deciders: 'de',
  declared: 'dc',
  effects: 'ef',
  found: 'fo',
  flagged: 'fl',
  habits: 'hb',
  instruction: 'in',
  ladder: 'la',
  leases: 'le',
  lengths: 'tl',
  lent: 'ln',
  'met|first_counterparty': 'mc',
  'met|first_effect': 'me',
  'met|first_environment': 'mn',
  'met|first_sensitivity': 'ms',
  'met|first_target': 'mg',
  'met|first_tool': 'mt',
  newcomer: 'ne',
  noted: 'no',
  oddtask: 'ot',
  overran: 'ov',
  pace: 'pa',
  places: 'pl',
  posture: 'po',
  reached: 're',
  refused: 'rf',
  released: 'rl',
  rhythm: 'rh',
  shown: 'sh',
  signs: 'si',
  since: 'sc',
  stolen: 'st',
  tasked: 'ta',
  turns: 'tu',
  unattended: 'un',
  unregistered: 'ur',
  used: 'us',
  'volume|byte_volume': 'vb',
  'volume|call_rate': 'vc',
  'volume|denial_rate': 'vd',
  'volume|error_rate': 've',
  'volume|record_volume': 'vr',
  'volume|token_volume': 'vt',
  'volume|tool_rate': 'vo',
} as const;
const SHORT_BY_NAME: ReadonlyMap<string, string> = new Map(Object.entries(SHORT));
const NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries(SHORT).map(([name, short]) => [short, name]),
);
/** All names in the table. */
export const KNOWN_NAMES: readonly string[] = Object.keys(SHORT);

interface Keys {
  readonly known: string;
  readonly inHand: string;
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
  const print = shortPrint(`${tenant}|${uid}`, LONG_PRINT);
  const keys = {
    known: `a|${print.slice(0, KNOWN_PRINT)}|`,
    inHand: `a|${print}|`,
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
  const { known, inHand, byName } = keysOf(tenant, uid);
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
  return agentKeyOf(event.tenant_id, event.agent.uid, name, part);
}

/** By what an agent is remembered where only its keys are asked for; a uid may be a hundred times as long. */
export function agentPrint(event: Whose): string {
  return keysOf(event.tenant_id, event.agent.uid).inHand.slice(2, 2 + LONG_PRINT);
}

/** The same key as `agentKeyOf` makes, of the agent of a print. */
export function keyAt(print: string, name: string, part?: string): string {
  const short = part === undefined ? SHORT_BY_NAME.get(name) : undefined;
  if (short !== undefined) return `a|${print.slice(0, KNOWN_PRINT)}|${short}`;
  return part === undefined ? `a|${print}|${name}` : `a|${print}|${name}|${part}`;
}

/** Where versions up to 1.49 kept what has a short name now. */
export function earlierKey(event: Whose, name: string): string {
  return keysOf(event.tenant_id, event.agent.uid).inHand + name;
}

/** Whose such a key is and what for, by the name that code uses; undefined: of no agent. */
export function readAgentKey(
  key: string,
): { readonly agent: string; readonly name: string } | undefined {
  const [sort, print, ...name] = key.split('|');
  if (sort !== 'a' || print === undefined) return undefined;
  const stored = name.join('|');
  return { agent: print.slice(0, KNOWN_PRINT), name: NAMES.get(stored) ?? stored };
}
