/**
 * False alarms by the kind of work in which they were raised. A run is one task; runs that take part
 * in a firing plot are left out, since an alarm in them is no false alarm of ordinary work.
 */
import type { AlertHistory } from './alert-history.ts';
import { type Share, share } from './interval.ts';
import type { AssemblyLabel } from './label.ts';
import type { JudgedAlert } from './path-match.ts';
import type { EventPlace, StreamFacts } from './stream-facts.ts';

export interface WorkflowFalseAlarms {
  readonly workflow: string;
  readonly near_miss_alarms: number;
  readonly ordinary_alarms: number;
  /** Runs with at least one of them, of all benign runs of the workflow. */
  readonly runs_alarmed: Share;
}

/** The row over all workflows. */
export const ALL_WORKFLOWS = '(all)';
/** A proof that names no event of the stream. */
const UNKNOWN = '(no event of the stream)';

/** Where an alert was completed: its proof's latest event. */
function placeOf(alert: AlertHistory, facts: StreamFacts): EventPlace | undefined {
  const places = (alert.conclusions.at(-1)?.claim?.proof ?? []).flatMap(
    (id) => facts.placeOf(id) ?? [],
  );
  return places.sort((a, b) => b.atMs - a.atMs)[0];
}

interface Counts {
  runs: number;
  nearMiss: number;
  ordinary: number;
  readonly alarmed: Set<string>;
}

function row(workflow: string, counts: Counts): WorkflowFalseAlarms {
  return {
    workflow,
    near_miss_alarms: counts.nearMiss,
    ordinary_alarms: counts.ordinary,
    runs_alarmed: share(counts.alarmed.size, Math.max(counts.runs, counts.alarmed.size)),
  };
}

export function falseAlarmsByWorkflow(
  labels: readonly AssemblyLabel[],
  judged: readonly JudgedAlert[],
  facts: StreamFacts,
): readonly WorkflowFalseAlarms[] {
  const firing = labels.filter((label) => label.verdict === 'fires');
  const plotted = new Set(
    firing.flatMap((label) => label.native_ids).flatMap((id) => facts.placeOf(id)?.taskId ?? []),
  );
  const rows = new Map<string, Counts>();
  const countsOf = (workflow: string): Counts => {
    const inHand = rows.get(workflow);
    const counts = inHand ?? { runs: 0, nearMiss: 0, ordinary: 0, alarmed: new Set<string>() };
    if (inHand === undefined) rows.set(workflow, counts);
    return counts;
  };
  const all = countsOf(ALL_WORKFLOWS);
  for (const [taskId, workflow] of facts.runs()) {
    if (plotted.has(taskId)) continue;
    countsOf(workflow).runs++;
    all.runs++;
  }
  for (const { alert, outcome } of judged) {
    if (outcome !== 'near_miss' && outcome !== 'ordinary') continue;
    const place = placeOf(alert, facts);
    for (const counts of [all, countsOf(place?.workflow ?? UNKNOWN)]) {
      if (outcome === 'near_miss') counts.nearMiss++;
      else counts.ordinary++;
      counts.alarmed.add(place?.taskId ?? alert.alertId);
    }
  }
  return [...rows]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([workflow, counts]) => row(workflow, counts));
}
