/** How a call ended: asked is not done, refused is not failed, unknown is unknown. */
import type { CallOutcome, Observation } from '../model/observation.ts';
import { conventionTable } from '../spans/convention-table.ts';

function lastTry(made: readonly Observation[]): readonly Observation[] {
  const done = made.filter(({ call }) => call?.outcome !== undefined && call.outcome !== 'pending');
  const latest = Math.max(...done.map(({ at = 0 }) => at));
  return done.filter(({ at = 0, until }) => (until ?? at) >= latest || done.length === 1);
}

/** Where its wording is looked for. */
const ANSWER_MAX = 400;

function wording(result: unknown): string {
  return (typeof result === 'string' ? result : JSON.stringify(result ?? '')).slice(0, ANSWER_MAX);
}

function isRefusal(result: unknown): boolean {
  return conventionTable().answers.refused.test(wording(result));
}

/** Nobody observed the execution. */
function answeredOutcome(answers: readonly Observation[], seesExecutions: boolean): CallOutcome {
  const { failed } = conventionTable().answers;
  const isFailed = answers.some(
    ({ call }) => call?.outcome === 'error' || failed.test(wording(call?.result)),
  );
  if (!seesExecutions) return isFailed ? 'error' : 'success';
  const isRefused = answers.some(({ call }) => isRefusal(call?.result));
  return isFailed && !isRefused ? 'error' : 'denied';
}

/** `executing`: conventions that report executions. */
export function outcomeOf(
  observations: readonly Observation[],
  executing: ReadonlySet<string>,
  isDelegation: boolean,
): CallOutcome {
  const seen = observations.filter(({ call }) => call !== undefined);
  const made = seen.filter(({ call }) => call?.stage === 'executed');
  const last = lastTry(made);
  const isSure = last.some(
    ({ channel, call }) =>
      call?.outcome === 'success' && (channel !== 'span' || call.result !== undefined),
  );
  const waited = made.some(({ call }) => call?.outcome === 'pending');
  const isRefused = seen.some(({ call }) => call?.outcome === 'denied');
  if (isRefused && !isSure) return 'denied';
  const isCancelled = seen.some(
    ({ call }) => call?.stage === 'decided' && call.outcome === 'cancelled',
  );
  if (isCancelled && !isSure) return 'cancelled';
  for (const outcome of ['cancelled', 'error', 'success'] as const) {
    const found = last.find(({ call }) => call?.outcome === outcome);
    if (found === undefined) continue;
    return waited && isRefusal(found.call?.result) ? 'denied' : outcome;
  }
  const answers = seen.filter(
    ({ call }) => call?.stage === 'requested' && call.result !== undefined,
  );
  if (answers.length === 0) return made.length > 0 && !waited ? 'unknown' : 'pending';
  if (isDelegation) return 'success';
  const isApproved = seen.some(({ call }) => call?.stage === 'decided');
  const seesExecutions = answers.some(({ convention }) => executing.has(convention));
  return answeredOutcome(answers, seesExecutions && !isApproved);
}
