/** Agents of one role at their daily work, for tests of what peers say of each other. Test code. */
import { type AuditEvent, shiftTime } from '@waywarden/schemas';
import { event } from './event-builder.ts';

const DAY_MS = 86_400_000;
const MONDAY = '2026-01-05T00:00:00Z';

export interface Work {
  readonly tenant?: string;
  /** Calls in each of its minutes. */
  readonly calls: number;
  /** Minutes of the day in which it acts, from nine on, ten minutes apart. */
  readonly minutes?: number;
  readonly hour?: number;
  readonly over?: Partial<AuditEvent>;
}

export const peerRegistry = (uids: readonly string[]) => ({
  version: 1,
  agents: uids.map((uid) => ({ uid, class: 'semi_autonomous', role: 'clerk', grants: ['*'] })),
});

export const peerNames = (count: number) => Array.from({ length: count }, (_, n) => `clerk-${n}`);

/** The time at which a day begins, and of a moment in it. */
export const onDay = (day: number, ms = 0) => shiftTime(MONDAY, day * DAY_MS + ms);

let made = 0;

/** One agent's day; ids differ in whatever is made. */
export function workday(uid: string, day: number, work: Work): readonly AuditEvent[] {
  const { tenant = 'acme', calls, minutes = 4, hour = 9, over = {} } = work;
  return Array.from({ length: minutes * calls }, (_, n) => {
    const at =
      hour * 3_600_000 +
      Math.floor(n / calls) * 600_000 +
      (n % calls) * Math.min(200, Math.floor(50_000 / calls));
    const time = onDay(day, at);
    made += 1;
    return event(made, {
      event_time: time,
      observed_time: time,
      tenant_id: tenant,
      agent: { uid, name: uid, assurance: 'authenticated', framework: 'graph', version: '1.0' },
      chain_id: `${uid}-${day}`,
      task: { id: `${uid}-${day}` },
      ...over,
    });
  });
}
