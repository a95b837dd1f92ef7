/**
 * How well a detector sees what agents did together: whole proofs (path level), single calls (node
 * level), false alarms on near-misses and on ordinary work by workflow, and whether the alert that
 * found an incident says rightly who completed it and what stops it.
 */
import type { AlertFile, AlertHistory } from './alert-history.ts';
import { type AssemblyFailures, assemblyFailures } from './assembly-failures.ts';
import { type ClaimScore, scoreClaims } from './claim-score.ts';
import { type Delay, type Delays, delayMinutes, delaysOf } from './delay.ts';
import { falseAlarmsByWorkflow, type WorkflowFalseAlarms } from './false-alarms.ts';
import { OutcomeClusters, type Quality, qualityOf, type Share, share } from './interval.ts';
import type { AssemblyLabel } from './label.ts';
import { nodeQuality } from './node-score.ts';
import { type ClaimOutcome, type Found, matchPaths, type PathMatches } from './path-match.ts';
import type { StreamFacts, Wanted } from './stream-facts.ts';

export interface IncidentGroup {
  readonly name: string;
  readonly exact: Share;
  readonly overlap: Share;
}

export interface CombinationGroup extends IncidentGroup {
  /** Claims of this combination that prove no incident. */
  readonly false_claims: number;
}

export interface NearMissClass {
  readonly variant: string;
  /** Plots of this class whose events some claim names. */
  readonly alarmed: Share;
  /** The same under the near-miss's own combination. */
  readonly as_labelled: Share;
}

export interface AssemblyReport {
  readonly incidents: number;
  readonly near_misses: number;
  readonly claims: Readonly<Record<ClaimOutcome, number>>;
  readonly other_alerts: Readonly<Record<string, number>>;
  readonly path: { readonly exact: Quality; readonly overlap: Quality };
  /** Incidents of which any alert of any kind names an event. */
  readonly touched: Share;
  readonly node: { readonly claims: Quality; readonly all_alerts: Quality };
  readonly by_combination: readonly CombinationGroup[];
  readonly by_variant: readonly IncidentGroup[];
  readonly by_near_miss: readonly NearMissClass[];
  readonly by_workflow: readonly WorkflowFalseAlarms[];
  readonly found: ClaimScore;
  /** From the completing event to the first alert that proves the incident. */
  readonly delay: Delays;
  readonly failures: AssemblyFailures;
}

/** Plots of one combination are played by one scheme, those of one variant by one trick. */
function pathQuality(
  firing: readonly AssemblyLabel[],
  matches: PathMatches,
  rule: 'exact' | 'overlap',
): Quality {
  const [byCombination, byVariant] = [new OutcomeClusters(), new OutcomeClusters()];
  for (const label of firing) {
    const at = matches[rule].has(label) ? 0 : 2;
    byCombination.add(label.combination, at);
    byVariant.add(label.variant, at);
  }
  const wrong = new Set<ClaimOutcome>(['other_combination', 'near_miss', 'ordinary']);
  if (rule === 'exact') wrong.add('overlap');
  for (const { alert, outcome, incidents, nearMisses } of matches.judged) {
    if (!wrong.has(outcome)) continue;
    byCombination.add(alert.conclusions.at(-1)?.claim?.combination ?? alert.kind, 1);
    byVariant.add((incidents[0] ?? nearMisses[0])?.variant ?? 'ordinary', 1);
  }
  return qualityOf([byCombination, byVariant]);
}

function groups(
  firing: readonly AssemblyLabel[],
  matches: PathMatches,
  nameOf: (label: AssemblyLabel) => string,
): readonly IncidentGroup[] {
  const names = [...new Set(firing.map(nameOf))].sort();
  return names.map((name) => {
    const own = firing.filter((label) => nameOf(label) === name);
    const found = (rule: 'exact' | 'overlap') =>
      share(own.filter((label) => matches[rule].has(label)).length, own.length);
    return { name, exact: found('exact'), overlap: found('overlap') };
  });
}

const claimedOf = ({ alert }: PathMatches['judged'][number]): string =>
  alert.conclusions.at(-1)?.claim?.combination ?? alert.kind;

/** Of every combination that has an incident or was claimed. */
function byCombination(
  firing: readonly AssemblyLabel[],
  matches: PathMatches,
): readonly CombinationGroup[] {
  const wrong = matches.judged.filter(
    ({ outcome }) => outcome !== 'exact' && outcome !== 'duplicate',
  );
  const known = groups(firing, matches, (label) => label.combination);
  const none = { exact: share(0, 0), overlap: share(0, 0) };
  const names = [...new Set([...known.map((one) => one.name), ...wrong.map(claimedOf)])].sort();
  return names.map((name) => ({
    ...(known.find((one) => one.name === name) ?? { name, ...none }),
    false_claims: wrong.filter((one) => claimedOf(one) === name).length,
  }));
}

function nearMissClasses(
  quiet: readonly AssemblyLabel[],
  matches: PathMatches,
): readonly NearMissClass[] {
  const alarmed = new Set(matches.judged.flatMap((one) => one.nearMisses));
  const asLabelled = new Set(
    matches.judged.flatMap(({ alert, nearMisses }) => {
      const names = new Set(alert.conclusions.map((one) => one.claim?.combination));
      return nearMisses.filter((label) => names.has(label.combination));
    }),
  );
  return [...new Set(quiet.map((label) => label.variant))].sort().map((variant) => {
    const own = quiet.filter((label) => label.variant === variant);
    const of = (set: ReadonlySet<AssemblyLabel>) =>
      share(own.filter((label) => set.has(label)).length, own.length);
    return { variant, alarmed: of(alarmed), as_labelled: of(asLabelled) };
  });
}

function touchedShare(firing: readonly AssemblyLabel[], alerts: readonly AlertHistory[]): Share {
  const named = new Set(
    alerts.flatMap((alert) =>
      alert.conclusions.flatMap(({ claim, evidence }) => [...(claim?.proof ?? []), ...evidence]),
    ),
  );
  const touched = firing.filter((label) => label.proofs.flat().some((id) => named.has(id)));
  return share(touched.length, firing.length);
}

function otherAlerts(alerts: readonly AlertHistory[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { kind, conclusions } of alerts) {
    if (conclusions.some((one) => one.claim !== undefined)) continue;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

/** From the completing event, which is the latest of the proof, to the alert that proves it. */
function delayOf(label: AssemblyLabel, found: Found, facts: StreamFacts): Delay | undefined {
  const times = found.claim.proof.flatMap((id) => facts.placeOf(id)?.atMs ?? []);
  if (times.length === 0) return undefined;
  const completedMs = Math.max(...times);
  const detectedMs = found.conclusion.detectedMs;
  const events = facts.eventsOf(label.completed_by ?? '', completedMs, detectedMs);
  return { minutes: delayMinutes(completedMs, detectedMs), events };
}

/** What `scoreAssembly` must know of the stream. */
export function assemblyWanted(labels: readonly AssemblyLabel[], file: AlertFile): Wanted {
  const proofs = file.alerts.flatMap((alert) =>
    alert.conclusions.flatMap((one) => one.claim?.proof ?? []),
  );
  return {
    nativeIds: new Set([...labels.flatMap((label) => label.native_ids), ...proofs]),
    agents: new Set(labels.flatMap((label) => label.completed_by ?? [])),
  };
}

export function scoreAssembly(
  labels: readonly AssemblyLabel[],
  file: AlertFile,
  facts: StreamFacts,
): AssemblyReport {
  const firing = labels.filter((label) => label.verdict === 'fires');
  const quiet = labels.filter((label) => label.verdict === 'quiet');
  const matches = matchPaths(labels, file.alerts);
  const { score, judged } = scoreClaims(matches.exact, (id) => facts.placeOf(id)?.thing);
  const delays = [...matches.exact].flatMap(([label, found]) => delayOf(label, found, facts) ?? []);
  const claims = (outcome: ClaimOutcome) =>
    matches.judged.filter((one) => one.outcome === outcome).length;
  return {
    incidents: firing.length,
    near_misses: quiet.length,
    claims: {
      exact: claims('exact'),
      duplicate: claims('duplicate'),
      overlap: claims('overlap'),
      other_combination: claims('other_combination'),
      near_miss: claims('near_miss'),
      ordinary: claims('ordinary'),
    },
    other_alerts: otherAlerts(file.alerts),
    path: {
      exact: pathQuality(firing, matches, 'exact'),
      overlap: pathQuality(firing, matches, 'overlap'),
    },
    touched: touchedShare(firing, file.alerts),
    node: {
      claims: nodeQuality(labels, file.alerts, 'claims'),
      all_alerts: nodeQuality(labels, file.alerts, 'all_alerts'),
    },
    by_combination: byCombination(firing, matches),
    by_variant: groups(firing, matches, (label) => label.variant),
    by_near_miss: nearMissClasses(quiet, matches),
    by_workflow: falseAlarmsByWorkflow(labels, matches.judged, facts),
    found: score,
    delay: delaysOf(delays),
    failures: assemblyFailures(firing, matches, judged),
  };
}
