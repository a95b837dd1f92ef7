// Simulated time: Monday 5 October 2026 on, with the zones' own summer time.
export const MIN = 60_000;
export const HOUR = 60 * MIN;
export const DAY = 24 * HOUR;
export const START = Date.UTC(2026, 9, 5);

export type Zone = 'berlin' | 'new-york' | 'los-angeles' | 'singapore' | 'bangalore';

const EU_WINTER = Date.UTC(2026, 9, 25, 1);
const US_WINTER = Date.UTC(2026, 10, 1, 7);

export function offset(zone: Zone, t: number): number {
  if (zone === 'berlin') return (t < EU_WINTER ? 2 : 1) * HOUR;
  if (zone === 'new-york') return (t < US_WINTER ? -4 : -5) * HOUR;
  if (zone === 'los-angeles') return (t < US_WINTER ? -7 : -8) * HOUR;
  return (zone === 'singapore' ? 8 : 5.5) * HOUR;
}

/** The moment at which it is `hour` o'clock of local day `day` (0 is the first Monday). */
export function localTime(zone: Zone, day: number, hour: number): number {
  const t = START + day * DAY + hour * HOUR;
  return Math.round(t - offset(zone, t));
}

/** 0 is Monday. */
export function weekday(day: number): number {
  return ((day % 7) + 7) % 7;
}

export function hourOf(t: number): number {
  return Math.floor((t - START) / HOUR);
}

export function iso(t: number): string {
  return new Date(t).toISOString();
}
