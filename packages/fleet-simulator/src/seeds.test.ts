/** Guarantees: two seeds are two companies: other people, dates, victims, moments and circumstances. */
import { expect, test } from 'vitest';
import { calendarOf, DAY, isMonthEnd } from './calendar.ts';
import { AGENTS_MIN, fleetOf } from './fleet.ts';
import type { BehaviorLabel, BenignLabel } from './labels.ts';
import { simulate } from './simulate.ts';

const SEEDS = ['tuning-1', 'tuning-2', 'tuning-3'] as const;
const AGENTS = 6 * AGENTS_MIN;
const DAYS = 10;

interface Reported {
  readonly attacks: ReadonlySet<string>;
  readonly victims: ReadonlySet<string>;
  readonly days: ReadonlySet<string>;
  readonly variations: ReadonlySet<string>;
  readonly registry: ReadonlySet<string>;
}

/** What is told of a fleet, by role, cell and day of its time: names of agents differ anyway. */
function told(seed: string): Reported {
  const { registry, lines } = simulate({
    scenario: 'fleet-attacks',
    seed,
    agents: AGENTS,
    days: DAYS,
  });
  const { first } = calendarOf(`4/${seed}`, DAYS);
  const fleet = fleetOf(AGENTS, `4/${seed}`);
  const placed = new Map(fleet.agents.map((a) => [a.uid, `${a.role} ${a.cell}`]));
  const dayOf = (time: string) => Math.floor(Date.parse(time) / DAY) - first;
  const labels = [...lines()].flatMap((line) => (line.kind === 'label' ? [line.value] : []));
  const attacks = labels.filter((l): l is BehaviorLabel => l.stream === 'behavior');
  const benign = labels.filter((l): l is BenignLabel => l.stream === 'benign');
  const victim = (a: BehaviorLabel) => `${a.family} ${placed.get(a.agent_uid)}`;
  return {
    attacks: new Set(attacks.map((a) => `${victim(a)} ${dayOf(a.onset)}`)),
    victims: new Set(attacks.map(victim)),
    days: new Set(attacks.map((a) => `${a.incident_id} ${dayOf(a.onset)}`)),
    variations: new Set(
      benign.map((b) => `${b.variation} ${Date.parse(b.from) - first * DAY} ${b.agents.length}`),
    ),
    registry: new Set(
      registry.split('\n').filter((line) => / (?:uid|at|owner|expires): /.test(line)),
    ),
  };
}

/** The share of the smaller set that is in the other too. */
function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  return [...a].filter((one) => b.has(one)).length / Math.max(1, Math.min(a.size, b.size));
}

const all = SEEDS.map(told);
const pairs = all.flatMap((a, n) => all.slice(n + 1).map((b) => [a, b] as const));

/**
 * Chance alone leaves some overlap: six incidents of a family befall six of the ten (class drift) to
 * forty agents whom it can befall, so that a third of the victims are the same in independent
 * fleets; and six days are left to begin on.
 */
const BOUNDS = { attacks: 0.1, victims: 0.45, days: 0.4, variations: 0.25, registry: 0.1 } as const;

test.each(Object.entries(BOUNDS))('two seeds share little of their %s', (what, bound) => {
  const of = (t: Reported) => t[what as keyof Reported];
  for (const [a, b] of pairs) {
    expect(of(a).size).toBeGreaterThan(5);
    expect(overlap(of(a), of(b))).toBeLessThanOrEqual(bound);
  }
});

test("thirty days of any seed hold a month's end, and begin on a working day", () => {
  const starts = new Set<number>();
  for (let n = 0; n < 40; n++) {
    const { first, days } = calendarOf(`seed-${n}`, 30);
    starts.add(first);
    const inTime = Array.from({ length: days }, (_, d) => first + d);
    expect(inTime.some(isMonthEnd)).toBe(true);
    expect((first + 3) % 7).toBeLessThan(5);
  }
  expect(starts.size).toBeGreaterThan(30);
});
