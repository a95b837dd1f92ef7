/**
 * The clock of one agent: the latest log time that its own events have reached. It is capped by
 * what ingest observed plus the skew that is allowed, so that no source can expire another's state,
 * or its own, by living in the future.
 */
import { type AuditEvent, epochMs, shiftTime } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { knownOf, storeKnown } from './known-of-agent.ts';

/** How far an event's own time may run ahead of the time at which ingest saw it. */
export const CLOCK_LEAD_MAX_MS = 120_000;

/** The latest log time that the agent's events have reached. */
export function agentClockOf(transaction: Transaction, event: AuditEvent): string | undefined {
  return knownOf<string>(transaction, event, 'clock');
}

/** Moves the agent's clock from where it stood to this event's log time and returns it; it never goes back. */
export function advanceAgentClock(
  transaction: Transaction,
  event: AuditEvent,
  before: string | undefined = agentClockOf(transaction, event),
): string {
  const lead = epochMs(event.event_time) - epochMs(event.observed_time);
  const logTime =
    lead > CLOCK_LEAD_MAX_MS ? shiftTime(event.observed_time, CLOCK_LEAD_MAX_MS) : event.event_time;
  if (before !== undefined && epochMs(before) >= epochMs(logTime)) return before;
  storeKnown(transaction, event, 'clock', logTime);
  return logTime;
}
