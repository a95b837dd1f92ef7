/** The tables of docs/measurements/assembly.md, of scores as `evaluate assembly --json` gives them. */
import { between, counts, failures, number, part, rate, spread, table } from './markdown.mjs';

const quality = (name, level, { tp, fp, fn, precision, recall, f1, intervals }) => [
  ...[name, level, String(tp), String(fp), String(fn)],
  `${number(precision)} (${between(intervals.precision)})`,
  `${number(recall)} (${between(intervals.recall)})`,
  `${number(f1)} (${between(intervals.f1)})`,
];

function levels(name, score) {
  return [
    quality(name, 'path, exact', score.path.exact),
    quality(name, 'path, overlap', score.path.overlap),
    quality(name, 'node, claims', score.node.claims),
    quality(name, 'node, all alerts', score.node.all_alerts),
  ];
}

function whole(own, baseline) {
  const heads = ['detector', 'level', 'right', 'wrong', 'missed'];
  const { claims, other_alerts: others } = own;
  return [
    '### Whole proofs and single calls',
    table(
      [...heads, 'precision (95 %)', 'recall (95 %)', 'F1 (95 %)'],
      [...levels('Waywarden', own), ...levels('baseline', baseline)],
    ),
    `${own.incidents} incidents, ${own.near_misses} near-misses. Waywarden's claims: ${claims.exact} prove an incident, ${claims.duplicate} prove it again; false: ${claims.overlap} with a wrong proof, ${claims.other_combination} of another combination on a plot, ${claims.near_miss} on a near-miss, ${claims.ordinary} on ordinary work. Other alerts: ${counts(others)}. Incidents of which any alert names a call: Waywarden ${part(own.touched)}, baseline ${part(baseline.touched)}.`,
  ];
}

const grouped = (rows, more = () => []) =>
  rows.map((row) => [
    row.name,
    part(row.exact),
    between(row.exact.interval),
    part(row.overlap),
    ...more(row),
  ]);

function groups(own) {
  const heads = ['exact proof', '95 %', 'overlap'];
  return [
    '### By variant',
    table(['variant', ...heads], grouped(own.by_variant)),
    '### By combination',
    table(
      ['combination', ...heads, 'false claims'],
      grouped(own.by_combination, (row) => [String(row.false_claims)]),
    ),
  ];
}

function falseAlarms(own) {
  return [
    '### Near-misses on which Waywarden alarmed',
    table(
      ['class', 'any claim', '95 %', 'as labelled'],
      own.by_near_miss.map((one) => [
        ...[one.variant, part(one.alarmed), between(one.alarmed.interval)],
        part(one.as_labelled),
      ]),
    ),
    '### False alarms by workflow',
    table(
      ['workflow', 'on near-misses', 'on ordinary work', 'runs alarmed', '95 %'],
      own.by_workflow.map((one) => [
        ...[one.workflow, String(one.near_miss_alarms), String(one.ordinary_alarms)],
        ...[part(one.runs_alarmed, 2), between(one.runs_alarmed.interval, 4)],
      ]),
    ),
  ];
}

const CHECKS = [
  ...['kind', 'completed_by', 'contributors', 'residual_access'],
  ...['neutralise', 'cut_given', 'cut_sound', 'cut_said_sound'],
];

function found({ found: score, delay }) {
  return [
    '### What the alert that found it says',
    table(
      ['of the proven incidents', 'right', '95 %'],
      CHECKS.map((name) => [
        ...[name.replaceAll('_', ' '), part(score[name]), between(score[name].interval)],
      ]),
    ),
    `Delay from completion, median / 90 % / longest: ${spread(delay.minutes)} minutes, ${spread(delay.events)} events of the completer.`,
  ];
}

function bySeed(seeds) {
  const heads = [
    'seed',
    'precision',
    'recall',
    'F1',
    'node F1',
    'benign runs alarmed',
    'cut sound',
  ];
  return [
    '### By seed (Waywarden)',
    table(
      heads,
      seeds.map(({ seed, score }) => [
        ...[seed, number(score.path.exact.precision), number(score.path.exact.recall)],
        ...[number(score.path.exact.f1), number(score.node.claims.f1)],
        part(score.by_workflow.find((one) => one.workflow === '(all)').runs_alarmed, 2),
        part(score.found.cut_sound),
      ]),
    ),
  ];
}

/** What the alerts of these fleets would have led to; `of` are scores as of fleets. */
function done({ shipped, enforced }) {
  const row = (name, to, of) => [name, to, counts(of.automatic), counts(of.withheld)];
  return [
    '### What is done about it',
    'Alerts that name no call of a firing plot are false here, whatever their kind; near-misses are not told apart.',
    table(
      ['policy', 'responses to', 'automatic', 'withheld'],
      [
        row('shipped', 'false alarms', shipped.responses.to_false_alarms),
        row('shipped', 'firing plots', shipped.responses.to_incidents),
        ...(enforced === undefined
          ? []
          : [
              row('all shipped rules enforced', 'false alarms', enforced.responses.to_false_alarms),
              row('all shipped rules enforced', 'firing plots', enforced.responses.to_incidents),
            ]),
      ],
    ),
    `False alarms of any kind on these fleets: ${rate(shipped.false_alarms.all)} per 1,000 agent-days; by statistics ${rate(shipped.false_alarms.statistical)}, by rules ${rate(shipped.false_alarms.rules)}.`,
  ];
}

const INTERVALS =
  'Intervals are 95 %. Path and node level: the widest, at each end, of Wilson and of bootstraps over combinations and over variants of all seeds, because plots of one scheme or one trick fail together. Other shares: Wilson. Seeds lie apart as the last table says.';

/** @returns markdown; `asserted` is the score where ids are only asserted. */
export function assemblyTables({ own, baseline, asserted, responses, seeds }) {
  const alone = asserted.path.exact;
  return [
    INTERVALS,
    ...whole(own, baseline),
    ...groups(own),
    ...falseAlarms(own),
    ...found(own),
    ...done(responses),
    '### Failures by name',
    failures(own.failures),
    '### Where ids are only asserted',
    `Plots alone: ${alone.tp} of ${asserted.incidents} incidents proven exactly, recall ${number(alone.recall)} (${between(alone.intervals.recall)}), ${alone.fp} false claims. There is no ordinary work in this scenario, so it says nothing of precision there.`,
    table(
      ['near-miss', 'any claim'],
      asserted.by_near_miss.map((one) => [one.variant, part(one.alarmed)]),
    ),
    failures(asserted.failures),
    ...bySeed(seeds),
  ].join('\n\n');
}
