/** Times and durations as people read them: absolute in UTC, the relative one beside. */
const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** `2026-11-24 09:12:03` */
export const dayAndClock = (time: string): string => time.slice(0, 19).replace('T', ' ');
/** `09:12:03` */
export const clock = (time: string): string => time.slice(11, 19);

/** `12 s ago`, `in 55 min`. */
export function ago(time: string, nowMs: number): string {
  const seconds = Math.round((nowMs - Date.parse(time)) / 1000);
  const span = spanOf(Math.abs(seconds));
  return seconds < 0 ? `in ${span}` : `${span} ago`;
}

/** Of something within an hour of which only the start is known. */
export function hourAgo(hour: string, nowMs: number): string {
  const hours = Math.floor((nowMs - Date.parse(hour)) / (HOUR * 1000));
  if (hours <= 0) return 'this hour';
  return hours === 1 ? 'last hour' : `${spanOf(hours * HOUR)} ago`;
}

function spanOf(seconds: number): string {
  if (seconds < 2 * MINUTE) return `${seconds} s`;
  if (seconds < 2 * HOUR) return `${Math.round(seconds / MINUTE)} min`;
  if (seconds < 2 * DAY) return `${Math.round(seconds / HOUR)} h`;
  return `${Math.round(seconds / DAY)} days`;
}

/** `+0.4 s`, `+180 ms`; empty when either is not known. */
export function elapsed(from: string | null, to: string | null): string {
  if (from === null || to === null) return '';
  const ms = Date.parse(to) - Date.parse(from);
  if (ms < 0) return '';
  if (ms < 1000) return `+${ms} ms`;
  if (ms < 2 * MINUTE * 1000) return `+${(ms / 1000).toFixed(1)} s`;
  if (ms < 2 * HOUR * 1000) return `+${Math.round(ms / MINUTE / 1000)} min`;
  return `+${Math.round(ms / HOUR / 1000)} h`;
}
