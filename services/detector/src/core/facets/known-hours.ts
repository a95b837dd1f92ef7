/**
 * At which hours of the day (UTC) an agent was seen, in one list: calls by hour, and behind these 24 the hours (since
 * 1970) that wait until they are known. What is done at an hour where nothing was done before makes that hour
 * known half a day later. Hours beside known ones are as good as these, and so are those beside one of them that waits:
 * a day may be four hours longer than any. Rejected: what is done beside known hours counts at once. Who reads
 * something every two hours has then made the whole night usual in one evening.
 */
import { type AuditEvent, epochMs } from '@waywarden/schemas';

const HOUR_MS = 3_600_000;
export const HOURS = 24;
/** Hours on either side that are as good as the hour itself. */
export const MARGIN_HOURS = 2;
/** Until what was done at an hour of its own makes that hour known: another run, mostly on another day. */
const KNOWN_AFTER_HOURS = 12;
/** Hours that wait; with more, which only late events bring, the first is forgotten. */
const WAITING_MAX = 24;

export const NO_HOURS: readonly number[] = new Array<number>(HOURS).fill(0);

export function hourOf(event: AuditEvent): number {
  return Math.floor(epochMs(event.event_time) / HOUR_MS) % HOURS;
}

/** Calls at this hour and the hours around it. */
export function near(hours: readonly number[], hour: number): number {
  let sum = 0;
  for (let by = -MARGIN_HOURS; by <= MARGIN_HOURS; by += 1) {
    sum += hours[(hour + by + HOURS) % HOURS] ?? 0;
  }
  return sum;
}

/** Whether it lies beside hours that are known, or beside one that waits and lies there. */
export function isUsual(hours: readonly number[], hour: number): boolean {
  if (near(hours, hour) > 0) return true;
  for (let at = HOURS; at < hours.length; at += 1) {
    const waiting = (hours[at] ?? 0) % HOURS;
    const apart = Math.abs(waiting - hour);
    if (Math.min(apart, HOURS - apart) <= MARGIN_HOURS && near(hours, waiting) > 0) return true;
  }
  return false;
}

/**
 * How probable it is that the next call comes at an hour as lonely as this one: how many calls lie where as few or fewer
 * do, this one among them, as if it had been any of them (a conformal p-value, as in `novelty-chance.ts`).
 */
export function lonelyChance(hours: readonly number[], hour: number): number {
  const withThis = hours.slice(0, HOURS).with(hour, (hours[hour] ?? 0) + 1);
  const here = near(withThis, hour);
  let [lonely, all] = [0, 0];
  for (const [at, count] of withThis.entries()) {
    all += count;
    if (near(withThis, at) <= here) lonely += count;
  }
  return lonely / all;
}

const sinceEpoch = (event: AuditEvent) => Math.floor(epochMs(event.event_time) / HOUR_MS);

/** Whether one of those that wait has waited long enough. */
function hasRipe(hours: readonly number[], isRipe: (at: number) => boolean): boolean {
  for (let place = HOURS; place < hours.length; place += 1) {
    if (isRipe(hours[place] ?? 0)) return true;
  }
  return false;
}

/** What waited long enough by this event is known. */
export function ripened(hours: readonly number[], event: AuditEvent): readonly number[] {
  if (hours.length === HOURS) return hours;
  const isRipe = (at: number) => sinceEpoch(event) - at >= KNOWN_AFTER_HOURS;
  if (!hasRipe(hours, isRipe)) return hours;
  const waiting = hours.slice(HOURS);
  const known = hours.slice(0, HOURS);
  for (const at of waiting.filter(isRipe)) known[at % HOURS] = (known[at % HOURS] ?? 0) + 1;
  return [...known, ...waiting.filter((at) => !isRipe(at))];
}

/** With one more call: at an hour that is known it counts, else its hour waits. */
export function withCall(hours: readonly number[], event: AuditEvent): readonly number[] {
  const hour = hourOf(event);
  const known = hours[hour] ?? 0;
  if (known > 0) return hours.with(hour, known + 1);
  const at = sinceEpoch(event);
  if (hours.includes(at, HOURS)) return hours;
  const waiting = [...hours.slice(HOURS), at].slice(-WAITING_MAX);
  return [...hours.slice(0, HOURS), ...waiting];
}
