/** Calls of a workload whose every run is a new uid, all with one key unless told otherwise. Test code. */
import { type AuditEvent, shiftTime } from '@waywarden/schemas';
import { event } from './event-builder.ts';

/** Monday at nine; each life begins there. */
export const WORKLOAD_START = '2026-01-05T09:00:00Z';
const DAY_MS = 86_400_000;

export interface WorkloadCall {
  readonly day: number;
  readonly uid: string;
  /** Since nine o'clock. */
  readonly seconds?: number;
  readonly over?: Partial<AuditEvent>;
}

/** `n`: which call it is, from which its ids come. */
export function workloadCall(
  n: number,
  { day, uid, seconds = 0, over = {} }: WorkloadCall,
): AuditEvent {
  const time = shiftTime(WORKLOAD_START, day * DAY_MS + seconds * 1000);
  return event(n, {
    agent: { uid, assurance: 'authenticated' },
    chain_id: `chain-${uid}`,
    task: { id: uid },
    event_time: time,
    observed_time: time,
    credential: { uid: 'key-1' },
    ...over,
  });
}
