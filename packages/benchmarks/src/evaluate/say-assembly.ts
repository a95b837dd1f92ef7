/** The assembly score as tables. */
import {
  QUALITY_HEADER,
  qualityRow,
  sayDelay,
  sayFailures,
  sayInterval,
  sayShare,
  section,
} from './say-score.ts';
import type { AssemblyReport, IncidentGroup } from './scoring/assembly-score.ts';

const groupRows = (groups: readonly IncidentGroup[]) =>
  groups.map(({ name, exact, overlap }) => [
    name,
    sayShare(exact),
    sayInterval(exact.interval),
    sayShare(overlap),
  ]);

const GROUP_HEADER = ['exact proof', '95 %', 'overlap'];

function sayClaims({ claims, other_alerts, touched }: AssemblyReport): readonly string[] {
  const others = Object.entries(other_alerts).map(([kind, count]) => `${count} ${kind}`);
  return [
    `claims of an assembly: ${claims.exact} prove an incident, ${claims.duplicate} prove it again; false: ${claims.overlap} with a wrong proof, ${claims.other_combination} of another combination on a plot, ${claims.near_miss} on a near-miss, ${claims.ordinary} on ordinary work`,
    `other alerts (not scored here): ${others.length === 0 ? 'none' : others.join(', ')}; incidents of which any alert names a call: ${sayShare(touched)}`,
  ];
}

function sayFound({ found, delay }: AssemblyReport): readonly string[] {
  const rows = [
    ['kind', found.kind],
    ['completed by', found.completed_by],
    ['contributors', found.contributors],
    ['residual access', found.residual_access],
    ['what neutralises it', found.neutralise],
    ['a cut is given', found.cut_given],
    ['the cut is sound', found.cut_sound],
    ['the cut is sound, of those called sound', found.cut_said_sound],
    ['nothing left behind is usable after it', found.residual_unusable],
    ['the same, where commands can undo all', found.residual_unusable_by_command],
    ['nothing usable, of those called sound', found.residual_said_unusable],
  ] as const;
  return [
    ...section(
      'Of the incidents that were proven, said rightly:',
      ['what', 'share', '95 %'],
      rows.map(([name, one]) => [name, sayShare(one), sayInterval(one.interval)]),
    ),
    `delay from completion, median / 90 % / longest: ${sayDelay(delay.minutes)} minutes, ${sayDelay(delay.events)} events of the completer`,
  ];
}

export function sayAssembly(score: AssemblyReport): readonly string[] {
  const { failures } = score;
  return [
    `${score.incidents} incidents, ${score.near_misses} near-misses`,
    ...sayClaims(score),
    ...section('Whole proofs and single calls:', QUALITY_HEADER, [
      qualityRow('path, exact', score.path.exact),
      qualityRow('path, overlap', score.path.overlap),
      qualityRow('node, claims', score.node.claims),
      qualityRow('node, all alerts', score.node.all_alerts),
    ]),
    ...section(
      'By combination:',
      ['combination', ...GROUP_HEADER, 'false claims'],
      groupRows(score.by_combination).map((row, n) => [
        ...row,
        String(score.by_combination[n]?.false_claims ?? 0),
      ]),
    ),
    ...section('By variant:', ['variant', ...GROUP_HEADER], groupRows(score.by_variant)),
    ...section(
      'Near-misses on which it alarmed:',
      ['class', 'any claim', '95 %', 'as labelled'],
      score.by_near_miss.map((one) => [
        one.variant,
        sayShare(one.alarmed),
        sayInterval(one.alarmed.interval),
        sayShare(one.as_labelled),
      ]),
    ),
    ...section(
      'False alarms by workflow (runs outside firing plots):',
      ['workflow', 'on near-misses', 'on ordinary work', 'runs alarmed', '95 %'],
      score.by_workflow.map((one) => [
        one.workflow,
        String(one.near_miss_alarms),
        String(one.ordinary_alarms),
        sayShare(one.runs_alarmed),
        sayInterval(one.runs_alarmed.interval, 4),
      ]),
    ),
    ...sayFound(score),
    '',
    ...sayFailures('missed', failures.missed),
    ...sayFailures('wrong proof', failures.wrong_proof),
    ...sayFailures('alarmed on a near-miss', failures.near_miss_alarms),
    ...sayFailures('another combination on a plot', failures.other_combination),
    ...sayFailures('alarmed on ordinary work', failures.ordinary),
    ...sayFailures('wrong kind', failures.wrong_kind),
    ...sayFailures('wrong completer', failures.wrong_completer),
    ...sayFailures('wrong contributors', failures.wrong_contributors),
    ...sayFailures('wrong residual access', failures.wrong_residual_access),
    ...sayFailures('not said what neutralises it', failures.not_neutralised),
    ...sayFailures('cut not sound', failures.unsound_cut),
    ...sayFailures('something stays usable after the cut', failures.residual_usable),
  ];
}
