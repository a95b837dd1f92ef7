/** Another hand's fleet as one more source: small, with a seed of its own, and nothing was fitted on it. */
import { fleetReport } from '../evaluate-stream.ts';
import type { Rate, Share } from '../scoring/interval.ts';

export const SECOND_FLEET = 'second-fleet';
const SIZE = { seed: ['outside-1'], agents: '60', days: '12', assurance: 'authenticated' } as const;

export interface FleetRow {
  readonly attacks: Share;
  readonly alerts_per_1000_agent_days: Rate;
}

export async function scoreSecondFleet(policy: string | undefined): Promise<FleetRow> {
  const of = { ...SIZE, ...(policy === undefined ? {} : { policy }) };
  const attacked = await fleetReport({ ...of, scenario: 'second-attacks' });
  const benign = await fleetReport({ ...of, scenario: 'second-benign' });
  return { attacks: attacked.recall, alerts_per_1000_agent_days: benign.false_alarms.all };
}
