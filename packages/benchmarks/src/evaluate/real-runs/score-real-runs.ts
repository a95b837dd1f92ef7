/**
 * Alerts on real runs, counted by run: which share of a group's runs has an alert of a kind. Runs that
 * repeat one task are one cluster, since a thousand runs of fifty tasks are fifty samples.
 */
import type { AlertHistory } from '../scoring/alert-history.ts';
import { type NamedFailures, namedFailures, shownFailures } from '../scoring/assembly-failures.ts';
import { clusteredShare, type Share } from '../scoring/interval.ts';

export interface RealRun {
  readonly id: string;
  /** What it repeats: the cluster. */
  readonly task: string;
  readonly group: string;
}

export interface GroupScore {
  readonly group: string;
  readonly runs: number;
  readonly tasks: number;
  /** Of any kind; then of the two kinds that this is about. */
  readonly any: Share;
  readonly assembly: Share;
  readonly hijack: Share;
  /** `hijack_suspected` that names more than one agent: one read, another obeyed. */
  readonly hijack_across: Share;
  /** Runs by combination (of assemblies) or kind (of the rest). */
  readonly by_rule: Readonly<Record<string, number>>;
  readonly named: {
    readonly assembly: NamedFailures;
    readonly hijack: NamedFailures;
    readonly no_hijack: NamedFailures;
  };
}

const HIJACK = 'hijack_suspected';

/** `multi-agent/TRACE/STEP`; a trace may hold slashes. */
function runOf(nativeId: string): string {
  return nativeId.slice(nativeId.indexOf('/') + 1, nativeId.lastIndexOf('/'));
}

/** Every run of which an alert names a call, in any of its revisions. */
export function runsNamed({ conclusions }: AlertHistory): ReadonlySet<string> {
  const ids = conclusions.flatMap(({ evidence, claim }) => [...evidence, ...(claim?.proof ?? [])]);
  return new Set(ids.map(runOf));
}

type ByRun = ReadonlyMap<string, readonly AlertHistory[]>;

function byRun(alerts: readonly AlertHistory[]): ByRun {
  const found = new Map<string, AlertHistory[]>();
  for (const alert of alerts) {
    for (const run of runsNamed(alert)) found.set(run, [...(found.get(run) ?? []), alert]);
  }
  return found;
}

const combinationOf = ({ conclusions }: AlertHistory) => conclusions.at(-1)?.claim?.combination;
const isAssembly = ({ conclusions }: AlertHistory) => conclusions.at(-1)?.claim !== undefined;
const isHijack = ({ kind }: AlertHistory) => kind === HIJACK;
const isAcross = (alert: AlertHistory) => isHijack(alert) && alert.agents.size > 1;

function shareOf(runs: readonly RealRun[], alarmed: (run: RealRun) => boolean): Share {
  const clusters = new Map<string, [number, number]>();
  for (const run of runs) {
    const [k, n] = clusters.get(run.task) ?? [0, 0];
    clusters.set(run.task, [k + (alarmed(run) ? 1 : 0), n + 1]);
  }
  return clusteredShare([...clusters.values()]);
}

function ruleCounts(runs: readonly RealRun[], alerts: ByRun): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { id } of runs) {
    const rules = (alerts.get(id) ?? []).map((one) => combinationOf(one) ?? one.kind);
    for (const rule of [...new Set(rules)].sort()) counts[rule] = (counts[rule] ?? 0) + 1;
  }
  return counts;
}

function groupScore(group: string, runs: readonly RealRun[], alerts: ByRun): GroupScore {
  const has = (test: (alert: AlertHistory) => boolean) => (run: RealRun) =>
    (alerts.get(run.id) ?? []).some(test);
  const names = (test: (run: RealRun) => boolean) =>
    namedFailures(runs.filter(test).map((run) => run.id));
  return {
    group,
    runs: runs.length,
    tasks: new Set(runs.map((run) => run.task)).size,
    any: shareOf(
      runs,
      has(() => true),
    ),
    assembly: shareOf(runs, has(isAssembly)),
    hijack: shareOf(runs, has(isHijack)),
    hijack_across: shareOf(runs, has(isAcross)),
    by_rule: ruleCounts(runs, alerts),
    named: shownFailures({
      assembly: names(has(isAssembly)),
      hijack: names(has(isHijack)),
      no_hijack: names((run) => !has(isHijack)(run)),
    }),
  };
}

export function scoreRealRuns(
  runs: readonly RealRun[],
  alerts: readonly AlertHistory[],
): readonly GroupScore[] {
  const found = byRun(alerts);
  return [...new Set(runs.map((run) => run.group))].sort().map((group) =>
    groupScore(
      group,
      runs.filter((run) => run.group === group),
      found,
    ),
  );
}
