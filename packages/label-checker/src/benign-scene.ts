/** What the facts of benign variations are asked about: one label, and the stream as it was told. */
import type { InputEvent, Registry } from '@waywarden/schemas';
import { DAY_MS, type Reported } from './behavior-scene.ts';

export interface BenignScene {
  readonly agents: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
  /** Each event once, in order of time. */
  readonly told: readonly Reported[];
  /** Every line, in order of arrival. */
  readonly lines: readonly Reported[];
  /** Times that labels call holidays: nothing is compared with them. */
  readonly holidays: readonly { readonly fromMs: number; readonly toMs: number }[];
  /** Events of attacks on behaviour: what they change is no part of a variation. */
  readonly attacks: ReadonlySet<InputEvent>;
  readonly registry: Registry;
}

export type BenignFact = (scene: BenignScene) => readonly string[];

export const sourceOf = ({ event }: Reported): string => event.source?.instance ?? '';
export const roleOf = (uid: string, registry: Registry): string =>
  registry.agents.find((one) => one.uid === uid)?.role ?? '';

export const isWithin = (fromMs: number, toMs: number) => (told: Reported) =>
  told.timeMs >= fromMs && told.timeMs < toMs;

/** "`agents`: uids concerned, sorted", held against whom the facts say. */
export function agentFaults(
  { agents, registry }: BenignScene,
  who: string,
  isConcerned: (agent: Registry['agents'][number]) => boolean,
): readonly string[] {
  // Gateways and audits are registered too, for their heartbeats: they have no workflow.
  const workers = registry.agents.filter((one) => (one.workflows ?? []).length > 0);
  const wanted = new Set(workers.filter(isConcerned).map((one) => one.uid));
  const given = new Set(agents);
  const missing = [...wanted].filter((uid) => !given.has(uid));
  const extra = [...given].filter((uid) => !wanted.has(uid));
  return [
    ...(missing.length === 0
      ? []
      : [`${missing.length} of ${who} are not named, as ${missing[0]}`]),
    ...(extra.length === 0 ? [] : [`${extra.length} are not of ${who}, as ${extra[0]}`]),
    ...([...agents].sort().join() === agents.join() ? [] : ['agents are not sorted']),
  ];
}

/** Whether an agent's declared profile has a tool of this server. */
export function usesServer(agent: Registry['agents'][number], server: string): boolean {
  return (agent.profile?.tools ?? []).some((tool) => tool === '*' || tool.split('/')[0] === server);
}

export function countBy(told: readonly Reported[], keyOf: (told: Reported) => string) {
  const counts = new Map<string, number>();
  for (const one of told) counts.set(keyOf(one), (counts.get(keyOf(one)) ?? 0) + 1);
  return counts;
}

/** First event of each task, where tasks are what is counted. */
export function beginnings(told: readonly Reported[]): readonly Reported[] {
  const seen = new Set<string>();
  return told.filter(({ event }) => {
    const id = event.task?.id;
    if (id === undefined || seen.has(id)) return false;
    seen.add(id);
    return true;
  });
}

const weekday = (day: number) => new Date(day * DAY_MS).getUTCDay();

/**
 * How many times more there is on the days of a window than on the nearest other days of the same
 * weekdays, earlier ones before later ones: a fleet grows. Undefined when there are none.
 */
export function timesUsual(events: readonly Reported[], scene: BenignScene) {
  const { told, fromMs, toMs } = scene;
  const isHoliday = (day: number) =>
    scene.holidays.some((one) => day * DAY_MS >= one.fromMs && day * DAY_MS < one.toMs);
  const dayOf = (timeMs: number) => Math.floor(timeMs / DAY_MS);
  // The first and the last day may be no whole days: a slow clock tells of the evening before.
  const [begin, end] = [dayOf(told[0]?.timeMs ?? 0), dayOf(told.at(-1)?.timeMs ?? 0)];
  const isWhole = (day: number) => day > begin && day < end;
  const inside = (day: number) => day >= dayOf(fromMs) && day < dayOf(toMs);
  const days = Array.from({ length: end - begin + 1 }, (_, at) => begin + at);
  const perDay = countBy(events, (one) => String(dayOf(one.timeMs)));
  const on = (day: number) => perDay.get(String(day)) ?? 0;
  let [seen, usual, compared] = [0, 0, 0];
  for (const day of days.filter(inside)) {
    const alike = days.filter(
      (other) => !inside(other) && !isHoliday(other) && weekday(other) === weekday(day),
    );
    const whole = alike.filter(isWhole);
    const pool = whole.length > 0 ? whole : alike;
    const nearest = pool.filter((other) => other < day).at(-1) ?? pool[0];
    if (nearest === undefined) continue;
    compared += 1;
    seen += on(day);
    usual += on(nearest);
  }
  if (compared === 0) return undefined;
  // Nothing where there usually is nothing is not more.
  return seen === 0 ? 0 : seen / usual;
}
