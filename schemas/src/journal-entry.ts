/**
 * The responder's inputs, in the order in which it decides them (`response.journal`, one
 * partition). Its decisions are a function of this topic and nothing else.
 */
import { z } from 'zod';
import { alert } from './alert.ts';
import { controlRecord, watermark } from './control-record.ts';
import { receipt } from './receipt.ts';

export const journalEntry = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('alert'), alert }),
  z.object({ kind: z.literal('receipt'), receipt }),
  z.object({ kind: z.literal('control'), control: controlRecord }),
  z.object({ kind: z.literal('watermark'), watermark }),
]);
export type JournalEntry = z.infer<typeof journalEntry>;
