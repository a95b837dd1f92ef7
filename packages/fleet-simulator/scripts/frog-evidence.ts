/**
 * `npm run fleets:frog-evidence -- SEED…`: what of frog-boiling the telemetry shows at all, before any detector.
 *
 * An observer who knows the agent's days before the onset, and forgets them for no declared change, takes how
 * probable each day's largest value is (their ranks; beyond the largest an exponential tail with their mean
 * excess), adds up the logarithms over the latest 1 to 14 days (Fisher 1925) and has seen it when the best of these
 * windows, as one of 14 chances, comes once in 1,000 days. It is asked of two values of each task: all its calls, and
 * its longest row of calls of one tool.
 */
import { type SimulationPlan, simulate } from '../src/index.ts';

const DAY_MS = 86_400_000;
const ACTS: ReadonlySet<string> = new Set(['tool_call', 'delegation', 'resource_read']);
const WINDOW_MAX = 14;
const DAYS_PER_CHANCE = 1000;

interface Task {
  calls: number;
  tool: string;
  row: number;
  longest: number;
  readonly day: number;
}
type Tasks = Map<string, Task>;

interface Incident {
  readonly incident: string;
  readonly strength: string;
  readonly agent: string;
  readonly onset: number;
}

function playedOf(plan: SimulationPlan) {
  const agents = new Map<string, Tasks>();
  const incidents: Incident[] = [];
  for (const line of simulate(plan).lines()) {
    if (line.kind === 'label') {
      const label = line.value;
      if (label.stream !== 'behavior' || label.family !== 'frog_boiling') continue;
      const onset = Math.floor(Date.parse(label.onset) / DAY_MS);
      const { incident_id: incident, strength, agent_uid: agent } = label;
      incidents.push({ incident, strength, agent, onset });
      continue;
    }
    const { agent, task, tool, activity, event_time } = line.value;
    if (task === undefined || !ACTS.has(activity)) continue;
    const tasks = agents.get(agent.uid) ?? new Map<string, Task>();
    agents.set(agent.uid, tasks);
    const day = Math.floor(Date.parse(event_time) / DAY_MS);
    const one = tasks.get(task.id) ?? { calls: 0, tool: '', row: 0, longest: 0, day };
    tasks.set(task.id, one);
    const name = tool?.name ?? activity;
    one.calls += 1;
    one.row = name === one.tool ? one.row + 1 : 1;
    one.tool = name;
    one.longest = Math.max(one.longest, one.row);
  }
  return { agents, incidents };
}

/** The largest value of each day. */
function daysOf(
  tasks: Tasks,
  sizeOf: (task: Task) => number,
): readonly (readonly [number, number])[] {
  const days = new Map<number, number>();
  for (const task of tasks.values()) {
    days.set(task.day, Math.max(days.get(task.day) ?? 0, sizeOf(task)));
  }
  return [...days].sort(([a], [b]) => a - b);
}

/** How probable a day as large is, by the days before. */
function tailOf(usual: readonly number[], value: number): number {
  const sorted = [...usual].sort((a, b) => a - b);
  const largest = sorted.at(-1) ?? 0;
  const least = 0.5 / (sorted.length + 1);
  if (value <= largest) {
    return Math.min(1, (sorted.filter((one) => one >= value).length + 0.5) / (sorted.length + 1));
  }
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const above = sorted.filter((one) => one > median).map((one) => one - median);
  const excess = above.reduce((sum, one) => sum + one, 0) / Math.max(1, above.length);
  return least * Math.exp(-(value - largest) / Math.max(0.5, excess));
}

/** How probable it is that so many days' logarithms add up to as much. */
function chanceOf(sum: number, days: number): number {
  let [term, all] = [1, 1];
  for (let n = 1; n < days; n += 1) {
    term *= sum / n;
    all += term;
  }
  return Math.exp(-sum) * all;
}

/** The days from the onset on until it is seen, and the value then. */
function seenAfter(days: readonly (readonly [number, number])[], onset: number): string {
  const usual = days.filter(([day]) => day < onset).map(([, value]) => value);
  const logs: number[] = [];
  for (const [day, value] of days) {
    if (day < onset) continue;
    logs.unshift(-Math.log(tailOf(usual, value)));
    let best = 1;
    for (let n = 1, sum = 0; n <= Math.min(WINDOW_MAX, logs.length); n += 1) {
      sum += logs[n - 1] ?? 0;
      best = Math.min(best, WINDOW_MAX * chanceOf(sum, n));
    }
    if (best <= 1 / DAYS_PER_CHANCE) return `day ${day - onset + 1}, at ${value}`;
  }
  return 'never';
}

for (const seed of process.argv.slice(2)) {
  const { agents, incidents } = playedOf({
    scenario: 'fleet-attacks',
    seed,
    agents: 204,
    days: 30,
  });
  for (const { incident, strength, agent, onset } of incidents) {
    const tasks: Tasks = agents.get(agent) ?? new Map();
    const calls = seenAfter(
      daysOf(tasks, (task) => task.calls),
      onset,
    );
    const rows = seenAfter(
      daysOf(tasks, (task) => task.longest),
      onset,
    );
    const role = agent.split('/').at(-1)?.split('-')[0];
    process.stdout.write(
      `${seed} ${incident} ${strength} (${role}): by calls ${calls}; by rows ${rows}\n`,
    );
  }
}
