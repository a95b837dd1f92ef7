/**
 * Labels of small simulated streams, recomputed. The one place where the checker meets the simulator:
 * by its public index, as any program would.
 */
import { readFileSync } from 'node:fs';
import { type SimulationPlan, simulate } from '@waywarden/fleet-simulator';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { checkLabels } from './check-labels.ts';

const POLICY = new URL('../../../services/detector/policy/default.yaml', import.meta.url);
const policy: unknown = parse(readFileSync(POLICY, 'utf8'));
/** Combinations that the simulator does not know: it labels none of them. */
const UNLABELLED = ['untrusted-handed-to-exec'];

function disagreements(plan: SimulationPlan): readonly string[] {
  const simulation = simulate(plan);
  const lines = [...simulation.lines()];
  const valuesOf = (kind: string): readonly unknown[] =>
    lines
      .filter((line) => line.kind === kind)
      .map((line) => JSON.parse(JSON.stringify(line.value)));
  const report = checkLabels({
    events: valuesOf('event'),
    labels: valuesOf('label'),
    registry: parse(simulation.registry),
    policy,
    assurance: plan.scenario === 'assembly-asserted' ? 'asserted' : 'authenticated',
  });
  return report.disagreements
    .filter(({ incidentId }) => !UNLABELLED.some((id) => incidentId.startsWith(`${id} in `)))
    .map(({ incidentId, field, label, found }) => `${incidentId} ${field}: ${label} / ${found}`);
}

describe.each(['checker-1', 'checker-2'])('labels of seed %s', (seed) => {
  it('agree on plots alone', () => {
    expect(disagreements({ scenario: 'assembly-only', seed, agents: 34, days: 3 })).toEqual([]);
  });

  it('agree on plots whose sources prove nothing', () => {
    expect(disagreements({ scenario: 'assembly-asserted', seed, agents: 34, days: 3 })).toEqual([]);
  });

  it('agree on plots amid daily work, and nothing else is completed', () => {
    expect(disagreements({ scenario: 'assembly', seed, agents: 34, days: 2 })).toEqual([]);
  });
});

it('labels agree on attacks on behaviour and on benign variations', () => {
  const plan = { scenario: 'fleet-attacks', seed: 'checker-1', agents: 58, days: 30 } as const;
  expect(disagreements(plan)).toEqual([]);
});
