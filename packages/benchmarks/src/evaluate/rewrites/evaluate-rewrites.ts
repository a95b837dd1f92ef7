/**
 * How well hijacked agents are found when what was planted is said anew: AgentDojo's attacked runs with
 * each rewrite, by the protocol of the unseen task. What is learnt is the same for all rewrites, since
 * nothing was planted in the runs that are learnt from.
 */
import { type Run, type RunLabel, TUNING_FOLDS } from '../agentdojo-runs.ts';
import { benignIds, foldsOfSplit, judgeSplit, type SplitReport } from '../evaluate-agentdojo.ts';
import { loadAgentDojo, type RecordedLine, RunReader, readRecorded } from '../load-agentdojo.ts';
import { learnRuns, type RunScore, scoreRun } from '../score-runs.ts';
import { goalsIn } from './planted-text.ts';
import type { Rewrite } from './rewrite-instruction.ts';
import { resultsOf, rewriteRun } from './rewrite-run.ts';

export interface RewriteReport extends SplitReport {
  readonly rewrite: string;
  /** Runs in whose results something was said anew. */
  readonly rewritten_runs: number;
  /** Runs with a malicious step in which no planted text was found: scored as they are. */
  readonly unchanged_positives: readonly string[];
}

export interface RewritesAsked {
  readonly folder: string;
  readonly rewrites: readonly Rewrite[];
  /** Only the folds that rules may be chosen on; else only the others. */
  readonly tuning: boolean;
  readonly say: (what: string, runs: number) => void;
}

type FoldTransaction = ReturnType<typeof learnRuns>;

interface Tested {
  readonly run: Run;
  readonly history: FoldTransaction;
}

/** The runs that are judged with what was learnt for them, by trace. */
function testedRuns(
  runs: readonly Run[],
  labels: ReadonlyMap<string, RunLabel>,
  tuning: boolean,
): ReadonlyMap<string, Tested> {
  const tested = new Map<string, Tested>();
  foldsOfSplit(runs, benignIds(labels), 'unseen_task').forEach((fold, at) => {
    if (TUNING_FOLDS.includes(at) !== tuning) return;
    const history = learnRuns(fold.learnt);
    for (const run of fold.tested) tested.set(run.traceId, { run, history });
  });
  return tested;
}

interface Attacked {
  readonly line: RecordedLine;
  readonly number: number;
}

function judge(
  name: string,
  scores: ReadonlyMap<string, RunScore>,
  rewritten: ReadonlySet<string>,
  {
    runs,
    labels,
  }: { readonly runs: readonly Run[]; readonly labels: ReadonlyMap<string, RunLabel> },
): RewriteReport {
  const report = judgeSplit('unseen_task', runs, labels, [...scores.values()]);
  const unchanged = [...scores.keys()].filter(
    (trace) => (labels.get(trace)?.malicious_steps?.length ?? 0) > 0 && !rewritten.has(trace),
  );
  return {
    rewrite: name,
    rewritten_runs: rewritten.size,
    unchanged_positives: name === 'none' ? [] : unchanged.sort(),
    ...report,
  };
}

export async function evaluateRewrites(asked: RewritesAsked): Promise<readonly RewriteReport[]> {
  const { folder, rewrites, tuning, say } = asked;
  const loaded = await loadAgentDojo(folder, (n) => say('Reading runs', n));
  const tested = testedRuns(loaded.runs, loaded.labels, tuning);
  const attacked: Attacked[] = [];
  const texts: string[] = [];
  for await (const { line, number } of readRecorded(folder)) {
    if (loaded.labels.get(line.trace_id)?.attack !== true) continue;
    texts.push(...resultsOf(line));
    if (tested.has(line.trace_id)) attacked.push({ line, number });
  }
  const goals = goalsIn(texts);
  const asRecorded = new Map<string, RunScore>();
  for (const [trace, { run, history }] of tested) {
    asRecorded.set(trace, scoreRun(history, run));
    say('Scoring, as recorded', asRecorded.size);
  }
  const reports = [judge('none', asRecorded, new Set(), loaded)];
  for (const rewrite of rewrites) {
    const scores = new Map(asRecorded);
    const rewritten = new Set<string>();
    const reader = new RunReader();
    for (const { line, number } of attacked) {
      const anew = rewriteRun(line, goals, rewrite);
      const history = tested.get(line.trace_id)?.history;
      if (anew.rewritten === 0 || history === undefined) continue;
      rewritten.add(line.trace_id);
      const run = reader.read(JSON.stringify(anew.run), number, line);
      scores.set(line.trace_id, scoreRun(history, run));
      say(`Scoring, ${rewrite.name}`, rewritten.size);
    }
    reports.push(judge(rewrite.name, scores, rewritten, loaded));
  }
  return reports;
}
