/**
 * The clock of one agent: its latest log time, capped by ingest's time plus skew, so that no source can expire
 * state from the future.
 */
import { type AuditEvent, epochMs, shiftTime } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { CLOCK_SKEW_MAX_MS } from '../../domain/day.ts';
import { knownOf, storeKnown } from './known-of-agent.ts';

export function agentClockOf(transaction: Transaction, event: AuditEvent): string | undefined {
  return knownOf<string>(transaction, event, 'clock');
}

export function advanceAgentClock(
  transaction: Transaction,
  event: AuditEvent,
  before: string | undefined = agentClockOf(transaction, event),
): string {
  const lead = epochMs(event.event_time) - epochMs(event.observed_time);
  const logTime =
    lead > CLOCK_SKEW_MAX_MS ? shiftTime(event.observed_time, CLOCK_SKEW_MAX_MS) : event.event_time;
  if (before !== undefined && epochMs(before) >= epochMs(logTime)) return before;
  storeKnown(transaction, event, 'clock', logTime);
  return logTime;
}
