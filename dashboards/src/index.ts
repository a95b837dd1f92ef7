/** All dashboards and alert rules, and the files that they are committed as. */
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { agentDashboard } from './agent.ts';
import { assemblyDashboard } from './assembly.ts';
import { containmentDashboard } from './containment.ts';
import { fleetDashboard } from './fleet.ts';
import { pipelineDashboard } from './pipeline.ts';

export { alertFiles, annotationsOf } from './alert-files.ts';
export { ALERT_RULES } from './alert-rules.ts';

const DASHBOARDS = {
  fleet: fleetDashboard,
  agent: agentDashboard,
  assembly: assemblyDashboard,
  containment: containmentDashboard,
  pipeline: pipelineDashboard,
} as const satisfies Record<string, () => Dashboard>;

export interface DashboardFile {
  readonly name: string;
  readonly text: string;
}

export function dashboardFiles(): readonly DashboardFile[] {
  return Object.entries(DASHBOARDS).map(([name, make]) => ({
    name: `${name}.json`,
    text: `${JSON.stringify(make(), null, 2)}\n`,
  }));
}
