/** How much chaos: little in `npm test`, much in `npm run chaos`, which sets these variables. */
import { appendFileSync } from 'node:fs';
import { env } from 'node:process';

function wholeNumber(name: string, otherwise: number): number {
  const text = env[name];
  if (text === undefined || text === '') return otherwise;
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new RangeError(`${name} is "${text}"; it must be a whole number above 0.`);
}

export const SEED = wholeNumber('WAYWARDEN_CHAOS_SEED', 20_261_124);
export const POINTS = wholeNumber('WAYWARDEN_CHAOS_POINTS', 8);
export const WORKERS = wholeNumber('WAYWARDEN_CHAOS_WORKERS', 2);
/** `name:nth`, or `name:nth,name:nth` for a second crash while recovering: only that, to repeat it. */
export const ONLY = env['WAYWARDEN_CHAOS_ONLY'] ?? '';
export const KILLS = wholeNumber('WAYWARDEN_CHAOS_KILLS', 2);
export const STREAM_SECONDS = wholeNumber('WAYWARDEN_CHAOS_SECONDS', 8);

/** One line of JSON a result, for the summary of `npm run chaos`; nothing without the variable. */
export function record(result: Readonly<Record<string, unknown>>): void {
  const file = env['WAYWARDEN_CHAOS_RESULTS'];
  if (file !== undefined && file !== '') appendFileSync(file, `${JSON.stringify(result)}\n`);
}
