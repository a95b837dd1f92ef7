/**
 * What was not heard in the day before a call: missing source numbers (ingest's `source-numbers.ts`) and gaps of
 * heartbeats.
 */

import { type AuditEvent, epochMs } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { DAY_MS } from '../../domain/day.ts';
import { lostNumbersWords, missedBeatsWords } from '../../wording/tasks.ts';
import { silentBefore } from './silence.ts';

/** As ingest notes it; no body can. */
function lostNumbers({ unmapped, source }: AuditEvent): readonly string[] {
  const missing = unmapped?.['ingest.missing'];
  if (typeof missing !== 'object' || missing === null) return [];
  const { numbers, since, until } = missing as Readonly<Record<string, unknown>>;
  if (typeof numbers !== 'number' || typeof since !== 'string' || typeof until !== 'string') {
    return [];
  }
  return [lostNumbersWords({ numbers, source: source.instance, since, until })];
}

function missedBeats(transaction: Transaction, event: AuditEvent): readonly string[] {
  const silent = silentBefore(transaction, event);
  if (silent === undefined) return [];
  if (epochMs(event.event_time) - epochMs(silent.until) > DAY_MS) return [];
  return [missedBeatsWords(silent)];
}

/** One sentence each; none: nothing is missing. */
export function unheardOf(transaction: Transaction, event: AuditEvent): readonly string[] {
  return [...lostNumbers(event), ...missedBeats(transaction, event)];
}
