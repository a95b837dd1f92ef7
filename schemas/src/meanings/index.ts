/** Meanings by contract. */
import { ALERT, COMMAND, DECISION, NOTICE } from './alert-meanings.ts';
import { EVENT } from './event-meanings.ts';
import { CATALOGUE, CONTROL, REGISTRY, VERDICT, WATERMARK } from './file-meanings.ts';
import { FLOW, LINK, PARTIAL, SNAPSHOT, STEP } from './internal-meanings.ts';
import { JOURNAL, RECEIPT } from './journal-meanings.ts';
import type { Meanings } from './meaning.ts';
import { POLICY } from './policy-meanings.ts';
import { TRIAGE } from './triage-meanings.ts';

export { fieldsOf, layMeanings, type SchemaField } from './lay-meanings.ts';
export type { Meanings } from './meaning.ts';

/** Others may read them, not write them. */
export const INTERNAL_CONTRACTS: ReadonlySet<string> = new Set([
  'privilege-step',
  'value-flow',
  'privilege-link',
  'baseline-partial',
  'baseline-snapshot',
  'journal-entry',
]);

export const MEANINGS = {
  'input-event': EVENT,
  'audit-event': EVENT,
  alert: ALERT,
  decision: DECISION,
  'revocation-command': COMMAND,
  'enforcement-notice': NOTICE,
  receipt: RECEIPT,
  registry: REGISTRY,
  policy: POLICY,
  catalogue: CATALOGUE,
  'control-record': CONTROL,
  'verdict-control': VERDICT,
  watermark: WATERMARK,
  'privilege-step': STEP,
  'value-flow': FLOW,
  'privilege-link': LINK,
  'baseline-partial': PARTIAL,
  'baseline-snapshot': SNAPSHOT,
  'journal-entry': JOURNAL,
  'triage-record': TRIAGE,
} as const satisfies Record<string, Meanings>;
export type DocumentedContract = keyof typeof MEANINGS;
