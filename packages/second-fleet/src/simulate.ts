// The whole simulation of one seed: lines of events in order of arrival, then labels and registry.
import { type Company, drawCompany } from './company.ts';
import { deliver } from './delivery.ts';
import { heartbeats, lifeOf } from './fleet.ts';
import { behaviorLabel, quietLabel } from './labels.ts';
import { carryOut, type Planned, planAttacks } from './plan.ts';
import { quietLabels } from './quiet.ts';
import { registryLines } from './registry.ts';
import type { Rec } from './types.ts';

export interface Options {
  seed: string;
  agents?: number;
  days?: number;
  scenario: 'benign' | 'attacks';
}

export interface Line {
  file: 'events' | 'labels' | 'registry';
  text: string;
}

export interface Simulation {
  company: Company;
  arrived: Rec[];
  planned: Planned[];
}

function inTime(a: Rec, b: Rec): number {
  return a.t - b.t || (a.e.native_id < b.e.native_id ? -1 : a.e.native_id > b.e.native_id ? 1 : 0);
}

export function runSecondFleet(options: Options): Simulation {
  const company = drawCompany(options.seed, options.agents ?? 200, options.days ?? 30);
  const byAgent: Rec[][] = company.agents.map(() => []);
  // A task of one agent may hold calls of another to which it handed over.
  for (const agent of company.agents)
    for (const rec of lifeOf(company, agent)) byAgent[rec.agent]?.push(rec);
  for (const recs of byAgent) recs.sort(inTime);
  const base = [...byAgent.flat(), ...heartbeats(company)];
  const history = { company: company.agents, byAgent };
  const planned = options.scenario === 'attacks' ? planAttacks(company, history) : [];
  const all = carryOut(base, planned).sort(inTime);
  return { company, arrived: deliver(company, all), planned };
}

export function* simulateSecondFleet(options: Options): Generator<Line> {
  const { company, arrived, planned } = runSecondFleet(options);
  const ids = new Set<string>();
  for (const rec of arrived) {
    ids.add(rec.e.native_id);
    yield { file: 'events', text: JSON.stringify(rec.e) };
  }
  for (const p of planned) {
    const label = behaviorLabel(p.incident, ids);
    if (label) yield { file: 'labels', text: JSON.stringify(label) };
  }
  let n = 0;
  for (const q of quietLabels(company))
    yield { file: 'labels', text: JSON.stringify(quietLabel(q, ++n)) };
  for (const text of registryLines(company)) yield { file: 'registry', text };
}
