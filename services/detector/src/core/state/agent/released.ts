/** New releases, models and prompts of an agent in the last day. */

import { type AuditEvent, epochMs } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { DAY_MS } from '../../domain/day.ts';
import { knownOf, storeKnown } from './known-of-agent.ts';

/** The first that is named speaks for the rest. */
export function noteReleased(
  transaction: Transaction,
  event: AuditEvent,
  changes: readonly string[],
): void {
  const [change] = changes;
  if (change !== undefined)
    storeKnown(transaction, event, 'released', [change, epochMs(event.event_time)]);
}

export function releasedOf(transaction: Transaction, event: AuditEvent): string | undefined {
  const noted = knownOf<readonly [change: string, ms: number]>(transaction, event, 'released');
  if (noted === undefined) return undefined;
  return epochMs(event.event_time) - noted[1] <= DAY_MS ? noted[0] : undefined;
}
