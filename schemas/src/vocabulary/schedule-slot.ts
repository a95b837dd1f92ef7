/** Slots of a schedule, and the grace of a late job. */
import { parseBlackout } from './blackout-window.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const FIRST_DAY = 4;
const DAYS_A_WEEK = 7;

interface Slot {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Within a week of `ms`. */
function slotsAround(text: string, ms: number): readonly Slot[] {
  const window = parseBlackout(text);
  if (window === undefined) return [];
  if ('fromMs' in window) return [window];
  const { days, from, until } = window;
  const today = Math.floor(ms / DAY_MS);
  const lastsMs = (from < until ? until - from : until - from + 1440) * MINUTE_MS;
  const slots: Slot[] = [];
  for (let day = today - DAYS_A_WEEK; day <= today + DAYS_A_WEEK; day++) {
    const weekday = (((day + FIRST_DAY) % DAYS_A_WEEK) + DAYS_A_WEEK) % DAYS_A_WEEK;
    if (!days.has(weekday)) continue;
    const fromMs = day * DAY_MS + from * MINUTE_MS;
    slots.push({ fromMs, untilMs: fromMs + lastsMs });
  }
  return slots;
}

/** Or up to `graceMs` after one. */
export function isInSlot(schedule: readonly string[], ms: number, graceMs = 0): boolean {
  return schedule.some((text) =>
    slotsAround(text, ms).some(({ fromMs, untilMs }) => fromMs <= ms && ms < untilMs + graceMs),
  );
}

/** Else the next; undefined: none. */
export function slotEndMs(schedule: readonly string[], ms: number): number | undefined {
  const slots = schedule.flatMap((text) => slotsAround(text, ms));
  const within = slots.filter(({ fromMs, untilMs }) => fromMs <= ms && ms < untilMs);
  if (within.length > 0) return Math.max(...within.map(({ untilMs }) => untilMs));
  const ends = slots.filter(({ fromMs }) => fromMs > ms).map(({ untilMs }) => untilMs);
  return ends.length === 0 ? undefined : Math.min(...ends);
}
