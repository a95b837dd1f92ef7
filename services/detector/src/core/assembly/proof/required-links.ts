/**
 * The links that a combination requires before one of its last steps, each as a combination of the two
 * steps that it joins, so that whether it holds is asked of the same search as everything else.
 */
import type { CompiledCombination, LineStep } from './compile-combination.ts';

function linkOf(whole: CompiledCombination, later: LineStep, earlier: LineStep) {
  const at = [earlier.step, later.step];
  const place = (step: number) => at.indexOf(step);
  const steps = at.flatMap((step) => whole.steps[step] ?? []);
  const conditions = whole.conditions
    .filter(({ step, other }) => place(step) >= 0 && place(other) >= 0)
    .map((one) => ({ ...one, step: place(one.step), other: place(one.other) }));
  return {
    source: whole.source,
    steps,
    variants: [
      {
        completing: 1,
        lines: [
          [
            { ...later, step: 1 },
            { ...earlier, step: 0 },
          ],
        ],
      },
    ],
    ties: whole.ties
      .filter(({ from, to }) => from === earlier.step && to === later.step)
      .map((one) => ({ ...one, from: 0, to: 1 })),
    withinMs: whole.withinMs,
    conditions,
    asksIndependence: conditions.some((one) => one.what.endsWith('independent')),
    linear: true,
  } satisfies CompiledCombination;
}

/** None where every link that is required leads to the last step itself. */
export function linksBefore(
  whole: CompiledCombination,
  last: number,
): readonly CompiledCombination[] {
  const found = new Map<string, CompiledCombination>();
  const lines = whole.variants.filter((one) => one.completing === last).flatMap((one) => one.lines);
  for (const line of lines) {
    for (const [n, later] of line.entries()) {
      const earlier = line[n + 1];
      if (earlier === undefined || later.step === last || earlier.step === last) continue;
      found.set(`${earlier.step}/${later.step}`, linkOf(whole, later, earlier));
    }
  }
  return [...found.values()];
}
