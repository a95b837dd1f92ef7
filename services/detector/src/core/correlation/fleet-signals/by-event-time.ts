import { epochMs, type PrivilegeStep } from '@waywarden/schemas';

export function inOrder(a: PrivilegeStep, b: PrivilegeStep): number {
  const byTime = epochMs(a.event_time) - epochMs(b.event_time);
  return byTime !== 0 ? byTime : a.event_id < b.event_id ? -1 : 1;
}
