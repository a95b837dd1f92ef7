/** The score on real runs as tables. */

import { sayFailures, sayInterval, sayShare, section } from '../say-score.ts';
import type { RealRunsReport } from './evaluate-real-runs.ts';

export function sayRealRuns(score: RealRunsReport): readonly string[] {
  const groups = score.sets.flatMap(({ set, groups: all }) => all.map((one) => ({ set, one })));
  const heads = ['any alert', 'assembly', '95 %', 'hijack', '95 %', 'hijack across agents', '95 %'];
  return [
    `real runs: waywarden ${score.detector.version}, policy ${score.policy}; intervals clustered by task`,
    ...section(
      'What was read:',
      ['set', 'runs', 'calls', 'hand-overs', 'agents'],
      score.sets.map((one) => [
        one.set,
        ...[one.runs, one.calls, one.hand_overs, one.agents].map(String),
      ]),
    ),
    ...section(
      'Runs with an alert:',
      ['set', 'group', 'tasks', ...heads],
      groups.map(({ set, one }) => [
        ...[set, one.group, String(one.tasks), sayShare(one.any)],
        ...[one.assembly, one.hijack, one.hijack_across].flatMap((of) => [
          sayShare(of),
          sayInterval(of.interval),
        ]),
      ]),
    ),
    ...section(
      'By combination or kind:',
      ['set', 'group', 'rule', 'runs'],
      groups.flatMap(({ set, one }) =>
        Object.entries(one.by_rule).map(([rule, runs]) => [set, one.group, rule, String(runs)]),
      ),
    ),
    '',
    ...groups
      .filter(({ one }) => one.group !== 'hijacked')
      .flatMap(({ set, one }) => [
        ...sayFailures(`${set}, ${one.group}: assembly`, one.named.assembly),
        ...sayFailures(`${set}, ${one.group}: hijack`, one.named.hijack),
      ]),
    ...groups
      .filter(({ one }) => one.group === 'hijacked')
      .flatMap(({ set, one }) =>
        sayFailures(`${set}, hijacked: not called hijacked`, one.named.no_hijack),
      ),
    ...score.skipped.map((one) => `SKIPPED: ${one.set}: ${one.absent.join(', ')} is absent`),
  ];
}
