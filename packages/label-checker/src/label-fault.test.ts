/** Faults put into labels are noticed; a checker that says nothing is found out. */
import { readFileSync } from 'node:fs';
import { simulate } from '@waywarden/fleet-simulator';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { type CheckReport, checkerOf } from './check-labels.ts';
import { faultReport, faultResults } from './label-fault.ts';

const POLICY = new URL('../../../services/detector/policy/default.yaml', import.meta.url);

it('in labels of plots, all but an event that no task of theirs holds', () => {
  const simulation = simulate({
    scenario: 'assembly-only',
    seed: 'checker-4',
    agents: 34,
    days: 3,
  });
  const lines = [...simulation.lines()];
  const of = (kind: string): readonly unknown[] =>
    lines
      .filter((line) => line.kind === kind)
      .map((line) => JSON.parse(JSON.stringify(line.value)));
  const check = checkerOf({
    events: of('event'),
    registry: parse(simulation.registry),
    policy: parse(readFileSync(POLICY, 'utf8')),
  });
  const results = faultResults(of('label'), check);
  expect(results.length).toBeGreaterThan(10);
  for (const { name, put, missed } of results) {
    const most = name === 'an event fewer' ? put * 0.05 : 0;
    expect(missed.length, `${name}: ${missed.join()}`).toBeLessThanOrEqual(most);
  }
});

it('by a checker that says nothing, none', () => {
  const labels = [
    {
      stream: 'behavior',
      incident_id: 'i',
      strength: 'weak',
      onset: '2026-09-14T10:00:00Z',
      end: '2026-09-14T11:00:00Z',
    },
  ];
  const silent = (): CheckReport => ({
    events: 0,
    labels: 1,
    disagreeing: 0,
    unlabelled: 0,
    disagreements: [],
  });
  expect(faultReport(labels, silent)).toContain(
    'behavior, another strength: 0 of 1 noticed; not i',
  );
});
