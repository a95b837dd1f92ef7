/** A recorded run with what was planted in its results said anew; its calls and all else unchanged. */
import { lineBreakAt } from './carrier-text.ts';
import { plantedIn } from './planted-text.ts';
import type { Rewrite } from './rewrite-instruction.ts';

/** A line of the trajectories, as far as it is looked at. */
export interface RecordedRun {
  readonly trace_id: string;
  readonly calls: readonly { readonly result?: unknown }[];
}

export interface RewrittenRun<R extends RecordedRun> {
  readonly run: R;
  /** How many planted texts were found and said anew. */
  readonly rewritten: number;
}

/** Spreads runs over the ways of saying a thing, always the same. */
function choiceOf(traceId: string): number {
  let sum = 0;
  for (const unit of traceId) sum = (sum * 31 + (unit.codePointAt(0) ?? 0)) % 65_521;
  return sum;
}

/** The results of a run that are text. */
export function resultsOf({ calls }: RecordedRun): readonly string[] {
  return calls.flatMap(({ result }) => (typeof result === 'string' ? [result] : []));
}

export function rewriteRun<R extends RecordedRun>(
  run: R,
  goals: readonly string[],
  rewrite: Rewrite,
): RewrittenRun<R> {
  const choice = choiceOf(run.trace_id);
  let rewritten = 0;
  const calls = run.calls.map((call) => {
    const { result } = call;
    if (typeof result !== 'string') return call;
    let text = '';
    let done = 0;
    for (const { from, to, goal } of plantedIn(result, goals)) {
      rewritten++;
      const lines = rewrite.lines(goal, choice);
      text += result.slice(done, from) + lines.join(lineBreakAt(result, from));
      done = to;
    }
    return done === 0 ? call : { ...call, result: text + result.slice(done) };
  });
  return { run: { ...run, calls }, rewritten };
}
