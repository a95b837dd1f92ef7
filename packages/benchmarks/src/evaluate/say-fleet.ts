/** The fleet score as tables. */
import { sayDelay, sayFailures, sayInterval, sayRate, sayShare, section } from './say-score.ts';
import type { ResponseCounts } from './scoring/alert-rates.ts';
import type { FleetReport } from './scoring/fleet-score.ts';

const counts = (of: Readonly<Record<string, number>>): string => {
  const all = Object.entries(of).sort(([, a], [, b]) => b - a);
  const total = all.reduce((sum, [, n]) => sum + n, 0);
  return total === 0 ? '0' : `${total} (${all.map(([name, n]) => `${name} ${n}`).join(', ')})`;
};

const sayResponses = (to: string, { automatic, withheld }: ResponseCounts): string =>
  `responses to ${to}: automatic ${counts(automatic)}; withheld ${counts(withheld)}`;

const RATE_HEADER = ['alerts', 'per 1,000 agent-days', '95 %'];

function sayFalseAlarms({ false_alarms, by_variation }: FleetReport): readonly string[] {
  const { all, statistical, rules, by_kind } = false_alarms;
  return [
    ...section(
      'Alerts that are about no incident:',
      ['kind', 'severity', 'decided by', ...RATE_HEADER],
      [
        ['all', '', '', ...sayRate(all)],
        ['all statistical', '', 'statistics', ...sayRate(statistical)],
        ['all rules', '', 'rule', ...sayRate(rules)],
        ...by_kind.map((one) => [one.kind, one.severity, one.decided_by, ...sayRate(one.rate)]),
      ],
    ),
    ...section(
      'In the time of a benign variation, of its agents:',
      ['variation', 'labels', ...RATE_HEADER],
      by_variation.map((one) => [one.variation, String(one.labels), ...sayRate(one.rate)]),
    ),
  ];
}

function sayFamilies(score: FleetReport) {
  const { families, variants, incidents, recall, chance_recall } = score;
  if (incidents === 0) return [];
  return [
    ...section(
      'Attacks on behaviour:',
      [
        'family',
        'strength',
        'detected',
        '95 %',
        'located',
        'noticed',
        'by chance',
        'minutes: median / 90 % / longest',
        'events',
      ],
      [...families, ...variants].map((one) => [
        one.family,
        one.variant ?? one.strength,
        sayShare(one.detected),
        sayInterval(one.detected.interval),
        sayShare(one.located),
        sayShare(one.noticed),
        sayShare(one.by_chance),
        sayDelay(one.delay.minutes),
        sayDelay(one.delay.events),
      ]),
    ),
    `recall over all: ${sayShare(recall)}, 95 % by agent ${sayInterval(recall.interval)}; by chance (labels moved to other agents) ${sayShare(chance_recall)}`,
  ];
}

export function sayFleet(score: FleetReport): readonly string[] {
  return [
    `${score.events} events of ${score.agents} agents on ${score.agent_days} agent-days; ${score.withdrawn} alerts withdrawn, ${score.hygiene} listed as hygiene, ${score.exempt} right under a benign variation (none of these counts)`,
    ...sayFalseAlarms(score),
    sayResponses('them', score.responses.to_false_alarms),
    ...sayFamilies(score),
    ...(score.incidents === 0 ? [] : [sayResponses('incidents', score.responses.to_incidents)]),
    '',
    ...sayFailures('not noticed', score.failures.missed),
    ...sayFailures('false alarms', score.failures.false_alarms),
    ...sayFailures('noticed, under no acceptable kind', score.failures.wrong_kind),
  ];
}
