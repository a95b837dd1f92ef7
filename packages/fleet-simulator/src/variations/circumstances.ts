/** What befalls everybody: incidents, outages, growth, peaks, gateways that stop, wait or repeat. */
import { DAY, HOUR, isMonthEnd, isQuarterEnd, MINUTE } from '../calendar.ts';
import { GATEWAYS } from '../fleet.ts';
import { randomOf } from '../random.ts';
import { momentOf, type Scene, uidsOf } from '../scene.ts';
import type { ToolName } from '../tool-table.ts';
import { labelOf, type Report, someMoment, type Variation } from './variation.ts';

const everybody = ({ fleet }: Scene): readonly string[] => [...uidsOf(fleet.agents)];
const working = ({ fleet }: Scene, server: string): readonly string[] =>
  fleet.agents.filter((a) => a.tools.some((t) => t.startsWith(`${server}/`))).map((a) => a.uid);
const through = ({ fleet }: Scene, gateway: string): readonly string[] =>
  fleet.agents.filter((a) => a.gateway === gateway).map((a) => a.uid);
const serverOf = ({ fleet }: Scene, tool: ToolName): string => fleet.house.tools[tool].server;
/** Agents through whose gateway there is always something to tell. */
const USED_BY = 10;

/** The `n`-th of those through which many report, in another order in each fleet. */
function someGateway({ fleet }: Scene, n: number): string | undefined {
  // The last cell may not yet be there.
  const warmedUp = fleet.agents.filter((a) => a.cell < Math.max(1, fleet.cells.length - 1));
  const through = (instance: string) => warmedUp.filter((a) => a.gateway === instance).length;
  const used = GATEWAYS.filter((g) => through(g.instance) >= USED_BY);
  const shift = randomOf(`${fleet.house.seed}/gateways`).int(0, used.length - 1);
  return n < used.length ? used[(n + shift) % used.length]?.instance : undefined;
}

/** A bad day: incident response all day long. */
export const incident: Report = (scene) => {
  const from = someMoment(scene, [0, 0]);
  if (from === undefined) return undefined;
  const factor = scene.random.int(4, 12);
  const workflows = new Set(['incident-response']);
  return {
    sharedChanges: [{ what: 'busy', workflows, factor, from, to: from + DAY }],
    label: labelOf('incident', working(scene, serverOf(scene, 'readLogs')), from, from + DAY),
  };
};

const FAILING = ['readCustomer', 'readTicket', 'query', 'search'] as const;

/** A server that many use fails for an hour or two; everybody tries again. */
export const dependencyOutage: Report = (scene) => {
  const from = someMoment(scene, [8, 13]);
  if (from === undefined) return undefined;
  const to = from + scene.random.int(50, 130) * MINUTE;
  const server = serverOf(scene, scene.random.pick(FAILING));
  const share = scene.random.int(45, 70) / 100;
  return {
    sharedChanges: [{ what: 'fails', server, share, from, to }],
    label: labelOf('dependency_outage', working(scene, server), from, to + HOUR),
  };
};

/** A gateway stops and resumes: what happened in between nobody is told. No attack begins that day. */
export const sourceOutage: Report = (scene) => {
  const from = someMoment(scene, [8, 12]);
  if (from === undefined) return undefined;
  const to = from + scene.random.int(3, 6) * HOUR;
  const gateway = someGateway(scene, 0);
  if (gateway === undefined) return undefined;
  return {
    sharedChanges: [{ what: 'stopped', gateway, from, to }],
    unreported: { day: Math.floor(from / DAY), gateway },
    label: labelOf('source_outage', through(scene, gateway), from, to + HOUR, {
      kinds: ['telemetry_gap'],
      alerts: 1,
    }),
  };
};

export const lateDelivery: Report = (scene) => {
  const from = someMoment(scene, [7, 14]);
  if (from === undefined) return undefined;
  const gateway = someGateway(scene, 1);
  if (gateway === undefined) return undefined;
  const by = scene.random.int(5, 18) * MINUTE;
  return {
    sharedChanges: [{ what: 'late', gateway, by, from, to: from + 3 * HOUR }],
    label: labelOf('late_delivery', through(scene, gateway), from, from + 4 * HOUR),
  };
};

export const redelivery: Report = (scene) => {
  const from = someMoment(scene, [8, 15]);
  if (from === undefined) return undefined;
  const gateway = someGateway(scene, 2);
  if (gateway === undefined) return undefined;
  return {
    sharedChanges: [{ what: 'repeats', gateway, from, to: from + HOUR }],
    label: labelOf('redelivery', through(scene, gateway), from, from + 2 * HOUR),
  };
};

/** A whole cell of registered agents begins to work only now: the last, as attacks befall the others. */
export const cohortGrowth: Report = (scene) => {
  const cell = scene.fleet.cells.length - 1;
  const from = momentOf(scene, 0, 0);
  const begins = someMoment(scene, [0, 0]);
  if (begins === undefined) return undefined;
  const agents = scene.fleet.agents.filter((a) => a.cell === cell).map((a) => a.uid);
  const absent = { what: 'absent', cell, from, to: begins } as const;
  return {
    sharedChanges: [absent],
    label: labelOf('cohort_growth', agents, begins, begins + 5 * DAY),
  };
};

/** Two working days of twice the customers. */
export const peak: Report = (scene) => {
  const from = someMoment(scene, [0, 0], 1);
  if (from === undefined) return undefined;
  const to = from + 2 * DAY;
  const workflows = new Set(['customer-support', 'ticket-triage', 'sales-follow-up']);
  const factor = scene.random.int(22, 32) / 10;
  return {
    sharedChanges: [{ what: 'busy', workflows, factor, from, to }],
    label: labelOf('peak', working(scene, serverOf(scene, 'readTicket')), from, to),
  };
};

/** Days of the calendar: nothing is changed for them, the work knows them itself. */
export function calendarDays(scene: Scene): readonly Variation[] {
  const { first, days: count, holidays } = scene.calendar;
  const days = Array.from({ length: count }, (_, n) => first + n);
  const told = (name: string, agents: readonly string[]) => (day: number) => ({
    label: labelOf(name, agents, day * DAY, (day + 1) * DAY),
  });
  const reporters = scene.fleet.agents.filter((a) => a.role === 'reporter').map((a) => a.uid);
  return [
    ...days.filter((d) => holidays.has(d)).map(told('holiday', everybody(scene))),
    ...days.filter(isQuarterEnd).map(told('quarter_end', reporters)),
    ...days.filter((d) => isMonthEnd(d) && !isQuarterEnd(d)).map(told('month_end', reporters)),
  ];
}
