/** How long a doubtful call stands against an order: until something later, or a refusal by the same source. */
import type { ContainmentProof, Denied, Untied } from '../model/command-record.ts';

export const untilMs = ({ atMs, latestMs }: Untied): number => latestMs ?? atMs;

export function isRefusedAfter(denied: Denied, untied: Untied): boolean {
  if (denied.atMs >= untilMs(untied)) return true;
  const isSameClock = denied.source !== undefined && denied.source === untied.source;
  if (!isSameClock || denied.agentUid !== untied.agentUid) return false;
  return denied.atMs >= untied.atMs && (denied.latestMs ?? denied.atMs) >= untilMs(untied);
}

/** Settled only where both are. */
export function joined(before: Untied, next: Untied): Untied {
  const { source, ...apart } = next;
  if (source !== before.source || next.agentUid !== before.agentUid) return apart;
  return before.atMs > next.atMs ? { ...before, latestMs: untilMs(next) } : next;
}

export function isStale(denied: Denied, { untied, untiedClaimed }: ContainmentProof): boolean {
  return [untied, untiedClaimed].some((one) => one !== undefined && !isRefusedAfter(denied, one));
}
