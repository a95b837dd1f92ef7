/** The tables of docs/measurements/fleet.md, of scores as `evaluate fleet --json` gives them. */
import { between, counts, failures, part, rate, spread, table } from './markdown.mjs';

function kinds(name, { false_alarms: of }) {
  const row = (kind, severity, by, one) => [name, kind, severity, by, String(one.count), rate(one)];
  return [
    row('all', '', '', of.all),
    row('all statistical', '', 'statistics', of.statistical),
    row('all rules', '', 'rule', of.rules),
    ...of.by_kind.map((one) => row(one.kind, one.severity, one.decided_by, one.rate)),
  ];
}

const responses = (name, of) => [name, counts(of.automatic), counts(of.withheld)];

function benign({ own, enforcing, baseline }) {
  return [
    '### Benign fleets: what they cost',
    table(
      ['detector', 'kind', 'severity', 'decided by', 'alerts', 'per 1,000 agent-days (95 %)'],
      [...kinds('Waywarden', own), ...kinds('baseline', baseline)],
    ),
    `${own.events} events of ${own.agents} agents on ${own.agent_days} agent-days. Waywarden: ${own.posture} more listed as posture, ${own.withdrawn} withdrawn, ${own.excused} right under a variation.`,
    table(
      ['responses on the benign fleets', 'automatic (each is wrong)', 'withheld'],
      [
        responses('Waywarden, shipped policy', own.responses.to_false_alarms),
        responses('Waywarden, `test/policies/enforcing.yaml`', enforcing.responses.to_false_alarms),
        responses('baseline', baseline.responses.to_false_alarms),
      ],
    ),
    '### In the time of a benign variation, of its agents',
    table(
      [
        'variation',
        'labels',
        'Waywarden: alerts',
        'per 1,000 agent-days (95 %)',
        'baseline: alerts',
        'per 1,000 agent-days (95 %)',
      ],
      own.by_variation.map((one) => {
        const theirs = baseline.by_variation.find((other) => other.variation === one.variation);
        const cells = (of) =>
          of === undefined ? ['–', '–'] : [String(of.rate.count), rate(of.rate)];
        return [one.variation, String(one.labels), ...cells(one), ...cells(theirs)];
      }),
    ),
    'False alarms by name (Waywarden):',
    failures({ false_alarms: own.failures.false_alarms }),
  ];
}

function attacks({ own, baseline }) {
  const theirs = (of) =>
    baseline.families.find((one) => one.family === of.family && one.strength === of.strength);
  return [
    '### Attacks: recall and delay',
    table(
      [
        ...[
          'family',
          'strength',
          'Waywarden: detected',
          '95 %',
          'located',
          'by chance',
          'minutes',
          'events',
        ],
        ...['baseline: detected', 'located', 'by chance'],
      ],
      own.families.map((one) => {
        const other = theirs(one);
        return [
          ...[one.family, one.strength, part(one.detected), between(one.detected.interval)],
          ...[part(one.located), part(one.by_chance)],
          ...[spread(one.delay.minutes), spread(one.delay.events)],
          ...[part(other.detected), part(other.located), part(other.by_chance)],
        ];
      }),
    ),
    ...[
      ['Waywarden', own],
      ['Baseline', baseline],
    ].map(
      ([name, of]) =>
        `${name}, over all families: ${part(of.recall)}, 95 % by agent ${between(of.recall.interval)}; by chance ${part(of.chance_recall)}. False alarms on the attacked fleets: ${rate(of.false_alarms.all)} per 1,000 agent-days. Responses to incidents: automatic ${counts(of.responses.to_incidents.automatic)}; withheld ${counts(of.responses.to_incidents.withheld)}.`,
    ),
    '### Failures by name (Waywarden)',
    failures({ missed: own.failures.missed, wrong_kind: own.failures.wrong_kind }),
  ];
}

/** @returns markdown. */
export function fleetTables(scores) {
  return [...benign(scores.benign), ...attacks(scores.attacks)].join('\n\n');
}
