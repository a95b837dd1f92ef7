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

function benign({ own, enforced, baseline }) {
  return [
    '### Benign fleets: what they cost',
    table(
      ['detector', 'kind', 'severity', 'decided by', 'alerts', 'per 1,000 agent-days (95 %)'],
      [...kinds('Waywarden', own), ...kinds('baseline', baseline)],
    ),
    `${own.events} events of ${own.agents} agents on ${own.agent_days} agent-days. Waywarden: ${own.hygiene} more listed as hygiene, ${own.withdrawn} withdrawn, ${own.exempt} right under a variation.`,
    table(
      ['responses on the benign fleets', 'automatic (each is wrong)', 'withheld'],
      [
        responses('Waywarden, shipped policy', own.responses.to_false_alarms),
        ...(enforced === undefined
          ? []
          : [
              responses(
                'Waywarden, all shipped rules enforced',
                enforced.responses.to_false_alarms,
              ),
            ]),
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

const sameRow = (of) => (one) =>
  one.family === of.family && one.strength === of.strength && one.variant === of.variant;

function attacks({ own, baseline }) {
  const theirs = (of) => [...baseline.families, ...baseline.variants].find(sameRow(of));
  return [
    '### Attacks: recall and delay',
    table(
      [
        ...[
          'family',
          'strength or variant',
          'Waywarden: detected',
          '95 %',
          'located',
          'by chance',
          'minutes',
          'events',
        ],
        ...['baseline: detected', 'located', 'by chance'],
      ],
      [...own.families, ...own.variants].map((one) => {
        const other = theirs(one);
        return [
          ...[
            one.family,
            one.variant ?? one.strength,
            part(one.detected),
            between(one.detected.interval),
          ],
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

function bySeed(benignSeeds, attackSeeds) {
  return [
    '### By seed (Waywarden)',
    table(
      [
        ...['seed', 'benign: per 1,000 agent-days', 'by statistics', 'by rules'],
        ...['attacks: detected', 'by chance', 'false alarms per 1,000 agent-days'],
      ],
      benignSeeds.map(({ seed, score: { false_alarms: of } }) => {
        const attacked = attackSeeds.find((one) => one.seed === seed).score;
        return [
          ...[seed, rate(of.all), rate(of.statistical), rate(of.rules)],
          ...[part(attacked.recall), part(attacked.chance_recall)],
          rate(attacked.false_alarms.all),
        ];
      }),
    ),
  ];
}

const INTERVALS =
  'Intervals are 95 %. Each seed is a company of its own, with agents, victims and days of its own, and agents of two seeds are never one. Rates: bootstrap over agents of all seeds, since one odd agent alerts many times for one reason (no alert: the Poisson bound). Shares of a family: Wilson over incidents. Recall over all families: the wider of Wilson and a bootstrap over attacked agents.';

/** @returns markdown. */
export function fleetTables(scores) {
  return [
    INTERVALS,
    ...benign(scores.benign),
    ...attacks(scores.attacks),
    ...bySeed(scores.benign.seeds, scores.attacks.seeds),
  ].join('\n\n');
}
