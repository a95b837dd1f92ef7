/** Results of `policy test` and `policy explain` in sentences. */
import type { CombinationWhy, LeadingChain } from '@waywarden/detector';
import { quantity } from '../input/command-output.ts';
import { type RefusedReport, sayRefused } from '../input/read-lines.ts';
import type { LastDays, WouldHave } from './last-days.ts';
import type { ExampleReport, HistoryReport, RuleReport } from './try-policy.ts';

export function sayExamples(examples: readonly ExampleReport[]): readonly string[] {
  const failed = examples.filter((one) => !one.ok);
  return [
    `EXAMPLES: ${examples.length - failed.length} of ${examples.length} as they should be`,
    ...failed.map((one) => `  ${one.combination}, ${one.example}: ${one.problems.join('; ')}`),
  ];
}

function sayWouldHave({ at, rule, target }: WouldHave): string {
  return `  ${at.slice(0, 16).replace('T', ' ')} ${target} (rule ${rule})`;
}

function listed(some: readonly WouldHave[], all: number): readonly string[] {
  const more = all - some.length;
  return [...some.map(sayWouldHave), ...(more > 0 ? [`  and ${more} more`] : [])];
}

/** The sentence that a policy is signed for, then what it is about. */
export function sayLastDays(one: LastDays): readonly string[] {
  const when = `In the last ${quantity(one.days, 'day')}`;
  const took = one.revoked_count === 0 ? 'nothing' : quantity(one.revoked_count, 'time');
  const end = one.revoked_count === 0 ? '.' : ':';
  const inHand = Object.entries(one.withheld)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, n]) => `${n} ${reason}`);
  return [
    `${when} this policy would have revoked ${took}, and asked for ${quantity(one.step_ups, 'step-up')}${end}`,
    ...listed(one.revoked, one.revoked_count),
    ...(one.if_enforced_count === 0
      ? []
      : [
          `Enforced, what only watches now would have revoked ${quantity(one.if_enforced_count, 'time')} more:`,
          ...listed(one.if_enforced, one.if_enforced_count),
        ]),
    ...(inHand.length === 0 ? [] : [`  held back by guards: ${inHand.join(', ')}`]),
  ];
}

export function sayRule(rule: RuleReport): readonly string[] {
  const inHand = Object.entries(rule.withheld).sort(([, a], [, b]) => b - a);
  const because = inHand.map(([reason, n]) => `${n} ${reason}`).join(', ');
  const withheld = inHand.reduce((sum, [, n]) => sum + n, 0);
  const head = `  ${rule.rule} (${rule.mode}): ${quantity(rule.matched, 'alert')}`;
  const more = rule.ordered - rule.targets.length;
  const did =
    rule.mode === 'enforce'
      ? [
          `    would have given ${quantity(rule.ordered, 'order')} and asked for ${quantity(rule.step_ups, 'step-up')}`,
          ...rule.targets.map((target) => `      ${target}`),
          ...(more > 0 ? [`      and ${more} more`] : []),
        ]
      : [
          `    only watches; enforced, ${quantity(rule.if_enforced, 'order')} would have been given`,
        ];
  const untried =
    rule.untried.length === 0
      ? []
      : [
          `    not tried: ${rule.untried.join(', ')}, since nobody carries out the orders of a trial, and so none can fail to hold`,
        ];
  return [
    head,
    ...did,
    ...(withheld === 0 ? [] : [`    withheld ${withheld}: ${because}`]),
    ...untried,
  ];
}

function warnRefused(refused: RefusedReport): readonly string[] {
  const refusal = sayRefused(refused);
  return refusal === undefined ? [] : [`warning: ${refusal}. What they tell is not in here.`];
}

export function sayPolicyHistory(history: HistoryReport): readonly string[] {
  const combinations = Object.entries(history.alerts_by_combination).sort(([, a], [, b]) => b - a);
  const head = `HISTORY: ${quantity(history.events, 'event')}`;
  if (history.events === 0) return ['', `${head}: nothing to try the policy on`];
  return [
    '',
    `${head}, ${quantity(history.alerts, 'open alert')}`,
    ...warnRefused(history.refused),
    ...sayLastDays(history.last_days),
    ...combinations.map(([id, n]) => `  ${id}: ${n}`),
    'RULES',
    ...history.rules.flatMap(sayRule),
  ];
}

function sayOne(why: CombinationWhy): readonly string[] {
  if (why.alert !== null) {
    return [`${why.combination}: FIRES (${why.alert.kind})`, `  ${why.alert.summary}`];
  }
  const holds = why.holds.length === 0 ? 'no step holds' : `holds: ${why.holds.join(' ← ')}`;
  const without = why.would_hold_without;
  return [
    `${why.combination}: quiet; ${holds}; lacks ${why.lacks ?? ''}`,
    ...why.because.map((reason) => `  ${reason}`),
    ...(without.length === 0
      ? []
      : [`  ${why.lacks} would hold without ${without.join(', or without ')}`]),
  ];
}

export interface ExplainedChain {
  readonly calls: number;
  readonly from_chains: readonly LeadingChain[];
  readonly refused: RefusedReport;
}

export function sayWhy(
  reasons: readonly CombinationWhy[],
  { calls, from_chains: from, refused }: ExplainedChain,
): readonly string[] {
  const byFate = [...reasons].sort((a, b) => Number(b.fired) - Number(a.fired));
  return [
    ...warnRefused(refused),
    `${quantity(calls, 'call')} of one chain`,
    ...from.map(
      (one) =>
        `  and ${quantity(one.calls, 'call')} of chain ${one.chain}, by ${one.via.join(', ')}`,
    ),
    ...byFate.flatMap(sayOne),
  ];
}
