/**
 * Under which keys earlier versions kept what is known of an agent, each by itself: up to 1.81.0 under 96 bits of it
 * and two letters, up to 1.49 under the longer print and the name in full.
 */
import type { AuditEvent } from '@waywarden/schemas';
import { agentPrint, KNOWN_PRINT } from './agent-key.ts';

type Whose = Pick<AuditEvent, 'tenant_id'> & { readonly agent: { readonly uid: string } };

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
/** What may stand there, by the name that code uses. */
export const EARLIER_NAMES = Object.keys(SHORT) as readonly (keyof typeof SHORT)[];
export type EarlierName = keyof typeof SHORT;

export type EarlierLayout = (whose: Whose, name: EarlierName) => string;

/** The latest first. */
export const EARLIER_LAYOUTS: readonly EarlierLayout[] = [
  (whose, name) => `a|${agentPrint(whose).slice(0, KNOWN_PRINT)}|${SHORT[name]}`,
  (whose, name) => `a|${agentPrint(whose)}|${name}`,
];
