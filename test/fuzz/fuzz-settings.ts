/** How much fuzzing: little in `npm test`, a million inputs a parser in `npm run fuzz`. */
import { appendFileSync } from 'node:fs';
import { env } from 'node:process';

function wholeNumber(name: string, otherwise: number): number {
  const text = env[name];
  if (text === undefined || text === '') return otherwise;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  throw new RangeError(`${name} is "${text}"; it must be a whole number.`);
}

export const SEED = wholeNumber('WAYWARDEN_FUZZ_SEED', 20_261_124);
/** Inputs of each parser; 0: as many as the short form has. */
export const CASES = wholeNumber('WAYWARDEN_FUZZ_CASES', 0);
/** `parser:number`: only that input, to repeat it. */
export const ONLY = env['WAYWARDEN_FUZZ_ONLY'] ?? '';

/** One line of JSON a parser, for the summary of `npm run fuzz`; nothing without the variable. */
export function record(result: Readonly<Record<string, unknown>>): void {
  const file = env['WAYWARDEN_FUZZ_RESULTS'];
  if (file !== undefined && file !== '') appendFileSync(file, `${JSON.stringify(result)}\n`);
}
