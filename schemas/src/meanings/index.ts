/** Meanings by contract. Contracts that no other program reads have none. */
import { ALERT, COMMAND, DECISION, RECEIPT } from './alert-meanings.ts';
import { EVENT } from './event-meanings.ts';
import { CATALOGUE, CONTROL, POLICY, REGISTRY, WATERMARK } from './file-meanings.ts';
import type { Meanings } from './meaning.ts';

export { fieldsOf, layMeanings, type SchemaField } from './lay-meanings.ts';
export type { Meanings } from './meaning.ts';

/** The contracts that other programs or people read and write; each has a page. */
export const MEANINGS = {
  'input-event': EVENT,
  'audit-event': EVENT,
  alert: ALERT,
  decision: DECISION,
  'revocation-command': COMMAND,
  receipt: RECEIPT,
  registry: REGISTRY,
  policy: POLICY,
  catalogue: CATALOGUE,
  'control-record': CONTROL,
  watermark: WATERMARK,
} as const satisfies Record<string, Meanings>;
export type DocumentedContract = keyof typeof MEANINGS;
