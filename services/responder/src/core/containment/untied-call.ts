/**
 * Until when a call of which nobody can tell whether it was stopped stands against an order, and what
 * settles it: only what came after it. When it was made its source says, and no clock is sure, so what
 * settles it must be later than the moment at which it was received.
 *
 * Except a refusal of the same agent by the same source that was received no earlier: of two records of
 * one clock the order is known, however far behind it is. A source that tells in batches would else keep
 * every order unconfirmed, as its last call and the refusal of the next one arrive together.
 */
import type { Denied, Proof, Untied } from '../model/command-record.ts';

export const untilMs = ({ atMs, latestMs }: Untied): number => latestMs ?? atMs;

export function isRefusedAfter(denied: Denied, untied: Untied): boolean {
  if (denied.atMs >= untilMs(untied)) return true;
  const isSameClock = denied.source !== undefined && denied.source === untied.source;
  if (!isSameClock || denied.agentUid !== untied.agentUid) return false;
  return denied.atMs >= untied.atMs && (denied.latestMs ?? denied.atMs) >= untilMs(untied);
}

/**
 * The two as one that is settled only where both are. Of two clocks no refusal is known to be later than
 * both but one that was made after all was received.
 */
export function joined(before: Untied, next: Untied): Untied {
  const { source, ...apart } = next;
  if (source !== before.source || next.agentUid !== before.agentUid) return apart;
  return before.atMs > next.atMs ? { ...before, latestMs: untilMs(next) } : next;
}

/** Its subject has gone on since, as far as anybody says. */
export function isStale(denied: Denied, { untied, untiedSaid }: Proof): boolean {
  return [untied, untiedSaid].some((one) => one !== undefined && !isRefusedAfter(denied, one));
}
