/** What befalls everybody: incidents, outages, growth, peaks, gateways that stop, wait or repeat. */
import { DAY, FIRST_DAY, HOLIDAYS, HOUR, isMonthEnd, isQuarterEnd, MINUTE } from '../calendar.ts';
import { momentOf, type Scene, uidsOf } from '../scene.ts';
import { labelOf, type Tell, type Variation } from './variation.ts';

const everybody = ({ fleet }: Scene): readonly string[] => [...uidsOf(fleet.agents)];
const working = ({ fleet }: Scene, tool: string): readonly string[] =>
  fleet.agents.filter((a) => a.tools.some((t) => t.startsWith(`${tool}/`))).map((a) => a.uid);
const through = ({ fleet }: Scene, gateway: string): readonly string[] =>
  fleet.agents.filter((a) => a.gateway === gateway).map((a) => a.uid);

/** A bad day: incident response all day long. */
export const incident: Tell = (scene) => {
  const from = momentOf(scene, 0.3, 0);
  const workflows = new Set(['incident-response']);
  return {
    sharedChanges: [{ what: 'busy', workflows, factor: 8, from, to: from + DAY }],
    label: labelOf('incident', working(scene, 'grafana'), from, from + DAY),
  };
};

/** A server that many use fails for an hour and a half; everybody tries again. */
export const dependencyOutage: Tell = (scene) => {
  const from = momentOf(scene, 0.4, 9);
  const to = from + 90 * MINUTE;
  return {
    sharedChanges: [{ what: 'fails', server: 'crm', share: 0.6, from, to }],
    label: labelOf('dependency_outage', working(scene, 'crm'), from, to + HOUR),
  };
};

/** How far in a gateway stops: nothing else begins on that day, as nobody would be told. */
export const OUTAGE_SHARE = 0.48;

/** A gateway stops and resumes: what happened in between nobody is told. */
export const sourceOutage: Tell = (scene) => {
  const from = momentOf(scene, OUTAGE_SHARE, 10);
  const to = from + 5 * HOUR;
  const gateway = 'gateway-2';
  return {
    sharedChanges: [{ what: 'stopped', gateway, from, to }],
    label: labelOf('source_outage', through(scene, gateway), from, to + HOUR, ['telemetry_gap']),
  };
};

export const lateDelivery: Tell = (scene) => {
  const from = momentOf(scene, 0.58, 9);
  const gateway = 'gateway-1';
  return {
    sharedChanges: [{ what: 'late', gateway, by: 9 * MINUTE, from, to: from + 3 * HOUR }],
    label: labelOf('late_delivery', through(scene, gateway), from, from + 4 * HOUR),
  };
};

export const redelivery: Tell = (scene) => {
  const from = momentOf(scene, 0.66, 13);
  const gateway = 'gateway-3';
  return {
    sharedChanges: [{ what: 'repeats', gateway, from, to: from + HOUR }],
    label: labelOf('redelivery', through(scene, gateway), from, from + 2 * HOUR),
  };
};

/** A whole cell of registered agents begins to work only now. */
export const cohortGrowth: Tell = (scene) => {
  const cell = scene.fleet.cells.length - 1;
  const from = momentOf(scene, 0, 0);
  const begins = momentOf(scene, 0.5, 0);
  const agents = scene.fleet.agents.filter((a) => a.cell === cell).map((a) => a.uid);
  const absent = { what: 'absent', cell, from, to: begins } as const;
  return {
    sharedChanges: cell === 0 ? [] : [absent],
    label: labelOf('cohort_growth', agents, begins, begins + 5 * DAY),
  };
};

/** Three days of twice the customers. */
export const peak: Tell = (scene) => {
  const from = momentOf(scene, 0.8, 0);
  const workflows = new Set(['customer-support', 'ticket-triage', 'sales-follow-up']);
  return {
    sharedChanges: [{ what: 'busy', workflows, factor: 2, from, to: from + 3 * DAY }],
    label: labelOf('peak', working(scene, 'zendesk'), from, from + 3 * DAY),
  };
};

/** Days of the calendar: nothing is changed for them, the work knows them itself. */
export function calendarDays(scene: Scene): readonly Variation[] {
  const days = Array.from({ length: scene.days }, (_, n) => FIRST_DAY + n);
  const told = (name: string, agents: readonly string[]) => (day: number) => ({
    label: labelOf(name, agents, day * DAY, (day + 1) * DAY),
  });
  const reporters = scene.fleet.agents.filter((a) => a.role === 'reporter').map((a) => a.uid);
  return [
    ...days.filter((d) => HOLIDAYS.has(d)).map(told('holiday', everybody(scene))),
    ...days.filter(isQuarterEnd).map(told('quarter_end', reporters)),
    ...days.filter((d) => isMonthEnd(d) && !isQuarterEnd(d)).map(told('month_end', reporters)),
  ];
}
