/** The tables of docs/measurements/fleet-labels.md, of what the checker says of each frozen fleet. */
import { number, table } from './markdown.mjs';

function agreement(fleets) {
  const rows = fleets.map(({ scenario, seed, check }) => [
    ...[scenario, seed, String(check.events), String(check.labels)],
    ...[String(check.disagreeing), String(check.unlabelled)],
    number(check.processor_s / 60, 1),
  ]);
  const sum = (key) => fleets.reduce((all, { check }) => all + check[key], 0);
  const all = ['events', 'labels', 'disagreeing', 'unlabelled'].map((key) => String(sum(key)));
  const heads = ['scenario', 'seed', 'events', 'labels', 'labels that disagree'];
  return table(
    [...heads, 'completions without a label', 'minutes of processor'],
    [...rows, ['all', '', ...all, '']],
  );
}

/** So many disagreements are told in full. */
const REPORTED_MAX = 40;

function disagreements(fleets) {
  const told = fleets.flatMap(({ scenario, seed, check }) =>
    check.disagreements.map(
      ({ incidentId, field, label, found }) =>
        `- ${scenario} ${seed}, \`${incidentId}\`, ${field}: the label says “${label}”, the checker “${found}”`,
    ),
  );
  if (told.length === 0) return 'None disagrees.';
  const more = told.length > REPORTED_MAX ? [`- and ${told.length - REPORTED_MAX} more`] : [];
  return [...told.slice(0, REPORTED_MAX), ...more].join('\n');
}

const NAMED_MAX = 3;

function faults(fleets) {
  const rows = fleets.flatMap(({ scenario, seed, faults: of }) =>
    (of ?? []).map(({ name, put, missed }) => [
      ...[`${scenario} ${seed}`, name, `${put - missed.length} of ${put}`],
      [
        ...missed.slice(0, NAMED_MAX).map((one) => `\`${one}\``),
        ...(missed.length > NAMED_MAX ? [`${missed.length - NAMED_MAX} more`] : []),
      ].join(', '),
    ]),
  );
  return table(['fleet', 'fault in every label that has the field', 'noticed', 'not'], rows);
}

const finding = (one, incidents) =>
  one === null ? '0' : `${number(one.found / incidents, 2)} by \`${one.feature}\``;

function giveaways(fleets) {
  const rows = fleets.flatMap(({ scenario, seed, giveaways: of }) =>
    (of ?? []).flatMap(({ title, classifiers }) =>
      classifiers.map(({ group, incidents, best, nearly }) => [
        ...[`${scenario} ${seed}`, title, group, String(incidents)],
        ...[finding(best, incidents), finding(nearly, incidents)],
      ]),
    ),
  );
  return table(
    [
      ...['fleet', 'question', 'family or combination', 'incidents'],
      ...['recall of the best feature that no other event has', 'that at most 1 in 1,000 has'],
    ],
    rows,
  );
}

/** Of every fact the pair of seeds with most in common. */
function overlaps(pairs) {
  const worst = new Map();
  for (const { scenario, a, b, facts } of pairs)
    for (const { fact, common, of, byChance } of facts) {
      const key = `${scenario} ${fact}`;
      const share = of === 0 ? 0 : common / of;
      if ((worst.get(key)?.share ?? -1) >= share) continue;
      worst.set(key, { scenario, fact, common, of, byChance, share, which: `${a}, ${b}` });
    }
  return table(
    ['scenario', 'fact', 'in both', 'when sorts are mixed up', 'seeds'],
    [...worst.values()].map(({ scenario, fact, common, of, byChance, which }) => [
      ...[scenario, fact, `${common} of ${of}`, number(byChance, 1), which],
    ]),
  );
}

/** @returns markdown. */
export function labelTables({ fleets, overlaps: pairs }) {
  return [
    ...['### Labels recomputed', agreement(fleets), disagreements(fleets)],
    ...['### Whether the checker would notice', faults(fleets)],
    ...['### Whether one feature gives labels away', giveaways(fleets)],
    '### What two seeds have in common',
    'Of the ten pairs of seeds of a scenario the one with most in common.',
    overlaps(pairs),
  ].join('\n\n');
}
