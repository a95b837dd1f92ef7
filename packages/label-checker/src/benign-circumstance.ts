/**
 * Variations in which the world around the fleet changes: more or less work, failures, and how a
 * gateway tells. Each is asked for the fact that gives it its name, by counting.
 */
import { CLOCK_SLACK_MS, DAY_MS, HOUR_MS, isCall, type Reported } from './behavior-scene.ts';
import {
  agentFaults,
  type BenignFact,
  type BenignScene,
  beginnings,
  countBy,
  isWithin,
  sourceOf,
  timesUsual,
  usesServer,
} from './benign-scene.ts';

const share = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);

/** "whose profile has a tool of" one server; which one the table says only by what it is for. */
function usersOfOne(scene: BenignScene): readonly string[] {
  const tools = scene.registry.agents.flatMap((one) => one.profile?.tools ?? []);
  const servers = [...new Set(tools.map((tool) => tool.split('/')[0] ?? ''))];
  const isOf = (server: string) =>
    agentFaults(scene, server, (one) => usesServer(one, server)).length === 0;
  return servers.some(isOf) ? [] : ['agents are not all those who use some one server'];
}

/** Work of one kind is at least so many times the usual. */
function moreOf(what: string, isOf: (told: Reported) => boolean, least: number): BenignFact {
  return (scene) => {
    const times = timesUsual(beginnings(scene.told).filter(isOf), scene);
    const enough = times === undefined || times >= least;
    return [
      ...(enough ? [] : [`${what}: ${times.toFixed(2)} times the usual, not ${least}`]),
      ...usersOfOne(scene),
    ];
  };
}

const isWorkflow = (pattern: RegExp) => (told: Reported) =>
  pattern.test(told.event.task?.workflow ?? '');

/** "incident response, 4 to 12 times as often": half of that at least, for chance is in it. */
const incident = moreOf('tasks of incident response', isWorkflow(/incident/), 2);

/** "1.6 to 2.6 times the customers". */
const peak = moreOf('tasks of customers', isWorkflow(/support|triage/), 1.3);

/** "working days have at least half of a usual day's work". */
const holiday: BenignFact = (scene) => {
  const times = timesUsual(scene.told.filter(isCall), scene);
  const everyone = agentFaults(scene, 'all agents', () => true);
  if (times === undefined || times < 0.5) return everyone;
  return [...everyone, `${times.toFixed(2)} times the usual work`];
};

/** "the last two days of a month or quarter; reporters". */
function lastDays(months: readonly number[]): BenignFact {
  return (scene) => {
    const afterwards = new Date(scene.fromMs + 2 * DAY_MS);
    const isLast = afterwards.getUTCDate() <= 2 && months.includes(afterwards.getUTCMonth());
    const date = new Date(scene.fromMs).toISOString().slice(0, 10);
    return [
      ...(isLast ? [] : [`${date} is none of the last two days`]),
      ...agentFaults(scene, 'reporters', (one) => one.role === 'reporter'),
    ];
  };
}

const EVERY_MONTH = Array.from({ length: 12 }, (_, month) => month);
const QUARTERS = [0, 3, 6, 9];

const failed = ({ event }: Reported) =>
  event.outcome === 'tool_error' ||
  event.outcome === 'unknown' ||
  event.outcome === 'protocol_error';

/** Of all calls, on any day, in the fleets. */
const FAILING_ANYWAY = 0.04;
/** With so many calls the share speaks for itself; with fewer, an hour must look like this so seldom. */
const CALLS_ENOUGH = 10;
const BY_CHANCE_MAX = 0.001;

/** How likely at least so many of `calls` fail when nothing is the matter (binomial tail). */
function chanceOf(failures: number, calls: number): number {
  let exactly = (1 - FAILING_ANYWAY) ** calls;
  let fewer = 0;
  for (let k = 0; k < failures; k++) {
    fewer += exactly;
    exactly *= ((calls - k) / (k + 1)) * (FAILING_ANYWAY / (1 - FAILING_ANYWAY));
  }
  return 1 - fewer;
}

/** Rejected: a least number of calls alone, which denies an outage of a server that few agents use. */
function looksDown(failures: number, calls: number): boolean {
  return (
    share(failures, calls) >= 0.3 &&
    (calls >= CALLS_ENOUGH || chanceOf(failures, calls) <= BY_CHANCE_MAX)
  );
}

/** "45 to 70 % of a server's calls fail and are tried again". */
const dependencyOutage: BenignFact = (scene) => {
  const during = isWithin(scene.fromMs, scene.toMs - HOUR_MS);
  const calls = scene.told.filter(({ event }) => event.tool?.server !== undefined);
  const serverOf = ({ event }: Reported) => event.tool?.server ?? '';
  const all = countBy(calls.filter(during), serverOf);
  const bad = countBy(calls.filter(during).filter(failed), serverOf);
  // Another server may fail in the same hour by chance: any that fits will do.
  const failing = [...bad]
    .filter(([server, failures]) => looksDown(failures, all.get(server) ?? 0))
    .map(([server]) => server);
  const faults = failing.map((server) =>
    agentFaults(scene, `users of ${server}`, (one) => usesServer(one, server)),
  );
  if (faults.length === 0)
    return ['of no server do 30 % of the calls fail, and more than by chance'];
  return faults.find((one) => one.length === 0) ?? faults[0] ?? [];
};

const reportsThrough =
  (gateway: string) =>
  (agent: { monitoring?: { sources?: readonly string[] | undefined } | undefined }) =>
    agent.monitoring?.sources?.includes(gateway) === true;

const gatewaysOf = (scene: BenignScene) =>
  [...new Set(scene.lines.map(sourceOf))].filter((name) => name !== '');

/** The one gateway of which it is so, and whose agents are named. */
function ofOneGateway(
  what: string,
  isSo: (lines: readonly Reported[], scene: BenignScene) => boolean,
): BenignFact {
  return (scene) => {
    const found = gatewaysOf(scene).filter((name) =>
      isSo(
        scene.lines.filter((one) => sourceOf(one) === name),
        scene,
      ),
    );
    const [gateway] = found;
    if (gateway === undefined) return [`no gateway ${what}`];
    const named = found.map((one) => agentFaults(scene, `users of ${one}`, reportsThrough(one)));
    return named.find((faults) => faults.length === 0) ?? named[0] ?? [];
  };
}

/** "nothing is told of what goes through a gateway": its numbers go on after a gap. */
const sourceOutage = ofOneGateway('is silent and resumes with a gap', (lines, scene) => {
  const end = scene.toMs - HOUR_MS - CLOCK_SLACK_MS;
  const numbers = (part: readonly Reported[]) =>
    part.flatMap(({ event }) => event.source?.seq ?? []);
  const before = numbers(lines.filter(({ timeMs }) => timeMs < scene.fromMs));
  const after = numbers(lines.filter(({ timeMs }) => timeMs >= end));
  // Targets' own records come another way, whatever they say of their source.
  const reporters = new Set(
    scene.registry.agents.filter((one) => (one.workflows ?? []).length > 0).map((one) => one.uid),
  );
  const during = lines
    .filter(isWithin(scene.fromMs + CLOCK_SLACK_MS, end))
    .filter(({ event }) => reporters.has(event.agent.uid));
  const gap = Math.min(...after) - Math.max(...before);
  return during.length === 0 && before.length > 0 && after.length > 0 && gap > 1;
});

/** Two clocks apart, and yet less than the five minutes by which a gateway is late at least. */
const SOON = { after: 120_000, before: 200_000 };

/**
 * "a gateway tells 5 to 18 minutes later than usual, for three hours": what others did two or three
 * minutes later was told earlier. Only lines that have such another can show it.
 */
const lateDelivery: BenignFact = (scene) => {
  const place = new Map(scene.lines.map((one, at) => [one, at]));
  const during = scene.lines.filter(isCall).filter(isWithin(scene.fromMs, scene.toMs - HOUR_MS));
  return ofOneGateway('tells five minutes late', (lines) => {
    const own = new Set(lines);
    const others = during.filter((one) => !own.has(one));
    const before = during
      .filter((one) => own.has(one))
      .flatMap((one) => {
        const apart = (other: Reported) => other.timeMs - one.timeMs;
        const soon = others.filter(
          (other) => apart(other) > SOON.after && apart(other) <= SOON.before,
        );
        return soon.map((other) => (place.get(other) ?? 0) < (place.get(one) ?? 0));
      });
    return before.length > 0 && share(before.filter(Boolean).length, before.length) >= 0.8;
  })(scene);
};

/** "a gateway tells everything twice, for an hour": every call; heartbeats come once. */
const redelivery = ofOneGateway('tells everything twice', (lines, scene) => {
  const during = lines.filter(isCall).filter(isWithin(scene.fromMs, scene.toMs - HOUR_MS));
  const times = countBy(during, ({ event }) =>
    JSON.stringify([event.agent.uid, event.native_id, event.phase]),
  );
  const twice = [...times.values()].filter((count) => count >= 2).length;
  return times.size > 0 && share(twice, times.size) >= 0.9;
});

/** "the last cell begins to work". */
const cohortGrowth: BenignFact = (scene) => {
  const given = new Set(scene.agents);
  const own = scene.told.filter((one) => isCall(one) && given.has(one.event.agent.uid));
  const early = own.filter(({ timeMs }) => timeMs < scene.fromMs - CLOCK_SLACK_MS);
  const begun = new Set(
    own.filter(isWithin(scene.fromMs, scene.toMs)).map(({ event }) => event.agent.uid),
  );
  return [
    ...early.slice(0, 1).map(({ event }) => `${event.agent.uid} acted before, ${event.event_time}`),
    ...(begun.size * 2 >= given.size ? [] : [`only ${begun.size} of ${given.size} begin to act`]),
  ];
};

export const CIRCUMSTANCES: ReadonlyMap<string, BenignFact> = new Map([
  ['incident', incident],
  ['peak', peak],
  ['holiday', holiday],
  ['month_end', lastDays(EVERY_MONTH)],
  ['quarter_end', lastDays(QUARTERS)],
  ['dependency_outage', dependencyOutage],
  ['source_outage', sourceOutage],
  ['late_delivery', lateDelivery],
  ['redelivery', redelivery],
  ['cohort_growth', cohortGrowth],
]);
