/**
 * Every parser of outside input, on seeded hostile inputs: none throws, none leaves a rejection
 * behind, none takes long. Short here, a million inputs each in `npm run fuzz`; a failure names the
 * input, and `WAYWARDEN_FUZZ_ONLY=parser:number` makes it again.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FuzzRandom } from './fuzz-input.ts';
import { FUZZ_PARSERS, type FuzzParser } from './fuzz-parsers.ts';
import { CASES, ONLY, record, SEED } from './fuzz-settings.ts';

/** Processor time of one input of a few kilobytes; what is above is tried again before it counts. */
const SLOW_MS = 250;
const TRIES = 3;
const HOURS_MS = 4 * 3_600_000;
const [onlyParser, onlyNumber] = ONLY.split(':');

const rejections: unknown[] = [];
const onRejection = (cause: unknown) => rejections.push(cause);
beforeAll(() => void process.on('unhandledRejection', onRejection));
afterAll(() => void process.off('unhandledRejection', onRejection));

function cpuMs(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** The least of some tries: a collection of garbage or another program is no property of the input. */
function isSlow(run: () => void, first: number): boolean {
  let least = first;
  for (let i = 0; i < TRIES && least > SLOW_MS; i++) least = Math.min(least, cpuMs(run));
  return least > SLOW_MS;
}

function fuzz(name: string, parser: FuzzParser) {
  const count = CASES === 0 ? parser.cases : CASES;
  const [from, to] =
    onlyParser === name ? [Number(onlyNumber), Number(onlyNumber) + 1] : [0, count];
  let bytes = 0;
  let slowest = 0;
  const started = performance.now();
  for (let i = from; i < to; i++) {
    const run = () => {
      bytes += parser.run(new FuzzRandom(SEED + i));
    };
    try {
      const at = performance.now();
      run();
      const ms = performance.now() - at;
      if (ms > slowest) slowest = ms;
      if (ms > SLOW_MS && isSlow(run, ms)) throw new Error(`it takes more than ${SLOW_MS} ms`);
    } catch (cause) {
      throw new Error(`${name}:${i} (seed ${SEED})`, { cause });
    }
  }
  const seconds = (performance.now() - started) / 1_000;
  record({ parser: name, inputs: to - from, bytes, seconds, slowest_ms: slowest, seed: SEED });
}

describe('no input breaks', () => {
  const chosen = Object.entries(FUZZ_PARSERS).filter(
    ([name]) => ONLY === '' || name === onlyParser,
  );
  it.each(chosen)(
    '%s',
    (name, parser) => {
      fuzz(name, parser);
      expect(rejections).toEqual([]);
    },
    HOURS_MS,
  );
});
