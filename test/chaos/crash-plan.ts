/**
 * Which points to crash at: seeded, spread over every name and, within a name, over early, middle
 * and late hits. No point comes twice while there are fresh ones. Endless, because which points are
 * reached depends on how the work falls into batches: whoever finds one not reached takes the next.
 */
import { type Random, shuffled } from '../../services/waywarden/src/input/seeded-random.ts';
import type { CrashPoint } from './replay-job.ts';

const THIRDS = 3;
/** The last hits of a count that differs a little from run to run may not be reached. */
const REACHED_SHARE = 0.95;

/** Every hit of a name, in an order that takes an early, a middle and a late one in turn. */
function spread(count: number, random: Random): number[] {
  const reachable = Math.max(1, Math.floor(count * REACHED_SHARE));
  const all = Array.from({ length: reachable }, (_, at) => at + 1);
  const thirds = Array.from({ length: THIRDS }, (_, third) =>
    shuffled(
      all.filter((nth) => Math.floor(((nth - 1) * THIRDS) / reachable) === third),
      random,
    ),
  );
  const order: number[] = [];
  while (thirds.some((third) => third.length > 0)) {
    for (const third of shuffled(thirds, random)) order.push(...third.splice(0, 1));
  }
  return order;
}

export function* crashPlan(
  hits: Readonly<Record<string, number>>,
  random: Random,
): Generator<CrashPoint, never> {
  const names = Object.keys(hits).sort();
  if (names.length === 0) throw new RangeError('A dry run without hits gives nothing to choose.');
  for (;;) {
    const queues = shuffled(names, random).map((name) => ({
      name,
      nths: spread(hits[name] ?? 1, random),
    }));
    while (queues.some(({ nths }) => nths.length > 0)) {
      for (const { name, nths } of queues) {
        const nth = nths.shift();
        if (nth !== undefined) yield { name, nth };
      }
    }
  }
}
