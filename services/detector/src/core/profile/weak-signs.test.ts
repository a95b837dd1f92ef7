/** What adds up over days: calm days to nothing, a slow climb to one alert, chance to hardly any. */
import { describe, expect, it } from 'vitest';
import type { FacetAlarm, FacetScore } from '../facets/facet.ts';
import { event } from '../testing/event-builder.ts';
import { MapDraft } from '../testing/map-draft.ts';
import { ProfileWorld } from '../testing/profile-world.ts';
import { seeded } from '../testing/seeded.ts';
import { eValue, keepSigns, signsScore, signsWith, sumOf } from './weak-signs.ts';

const DAY_MS = 86_400_000;

/** One day of an agent: so many calls within one minute, each in a task of its own. */
function day(number: number, calls: number) {
  return Array.from({ length: calls }, (_, n) => {
    const time = new Date(Date.UTC(2026, 0, 5, 9) + number * DAY_MS + n * 1000).toISOString();
    const task = { id: `task-${number}-${n}` };
    const over = { event_time: time, observed_time: time, task, chain_id: `chain-${number}` };
    return event(number * 1000 + n, over);
  });
}

function alertsOf(calls: (day: number) => number, days: number) {
  const world = new ProfileWorld();
  return Array.from({ length: days }, (_, n) => world.feed(...day(n, calls(n)))).flat();
}

describe('many weak signs', () => {
  it('of days that are alike come to nothing', () => {
    expect(alertsOf((n) => 8 + (n % 3), 90)).toEqual([]);
  });

  it('of an agent that does a little more every day are one alert, though no day is one', () => {
    const alerts = alertsOf(
      (n) => (n < 14 ? 8 : Math.min(24, Math.round(8 * 1.04 ** (n - 13)))),
      55,
    );
    expect(new Set(alerts.map(({ rule_id }) => rule_id))).toEqual(new Set(['weak-signs']));
    expect(new Set(alerts.map(({ alert_id }) => alert_id)).size).toBe(1);
    expect(alerts[0]?.reasons.map(({ feature }) => feature)).toContain('call_rate');
  });

  /** Six reads of 200 records on each of twenty days, and half as many more on each of the days after them. */
  function hoarded(more: number, declaredOn = -1) {
    const random = seeded(5);
    const world = new ProfileWorld();
    return Array.from({ length: 36 }, (_, n) =>
      Array.from({ length: 6 }, (_, hour) => {
        const records = Math.round(200 * (0.9 + 0.2 * random()) * (n < 20 ? 1 : more));
        const time = new Date(Date.UTC(2026, 0, 5, 9 + hour) + n * DAY_MS).toISOString();
        const over = { event_time: time, observed_time: time, chain_id: `chain-${n}-${hour}` };
        const result = { features: { records } };
        return event(n * 100 + hour, { ...over, task: { id: `task-${n}-${hour}` }, result });
      }),
    ).flatMap((calls, n) =>
      [...(n === declaredOn ? [declared(n)] : []), ...calls].flatMap((one) => world.feed(one)),
    );
  }

  function declared(n: number) {
    const time = new Date(Date.UTC(2026, 0, 5, 3) + n * DAY_MS).toISOString();
    return event(90_000 + n, {
      activity: 'config_change',
      event_time: time,
      observed_time: time,
      target: { resource_id: 'prompt/reads-more' },
      principal: { uid: 'release-office' },
    });
  }

  it('of an agent that reads half as much again on each day are told within two weeks', () => {
    const alerts = hoarded(1.5);
    expect(new Set(alerts.map(({ rule_id }) => rule_id))).toEqual(new Set(['weak-signs']));
    expect(alerts[0]?.summary).toMatch(/record volume \(\d+ days above all before\)/);
    expect(alerts[0]?.detected_at.slice(0, 10) ?? '').toBe('2026-02-02');
    expect(hoarded(1)).toEqual([]);
    expect(hoarded(1.5, 20)).toEqual([]);
  });

  /** Four reads of about so many records on each day; what people found of the first alert; the days of alerts. */
  function tellings(
    records: (day: number) => number,
    days: number,
    found?: 'false_positive' | 'true_positive',
  ) {
    const random = seeded(5);
    const world = new ProfileWorld();
    const told = new Map<string, number>();
    for (let n = 0; n < days; n += 1) {
      for (let hour = 0; hour < 4; hour += 1) {
        const time = new Date(Date.UTC(2026, 0, 5, 9 + hour) + n * DAY_MS).toISOString();
        const over = { event_time: time, observed_time: time, chain_id: `chain-${n}-${hour}` };
        const result = { features: { records: Math.round(records(n) * (0.9 + 0.2 * random())) } };
        const call = event(n * 100 + hour, { ...over, task: { id: `task-${n}-${hour}` }, result });
        for (const alert of world.feed(call)) {
          expect(alert.rule_id).toBe('weak-signs');
          if (!told.has(alert.alert_id)) told.set(alert.alert_id, n);
          if (told.size === 1 && found !== undefined) world.verdict(alert, found);
        }
      }
    }
    return [...told.values()];
  }

  it('of a change for good are told for a month, and not again for ever', () => {
    const changed = (day: number) => (day < 25 ? 20 : 60);
    const told = tellings(changed, 160);
    expect(told).toEqual([31]);
    expect(tellings(changed, 160, 'false_positive')).toEqual(told);
    // Found right, it is told once more, and that alert, of which nobody says anything, for a month.
    expect(tellings(changed, 160, 'true_positive')).toEqual([31, 74]);
  });

  it('of a climb that goes on are told again and again', () => {
    const told = tellings((day) => 20 * 1.008 ** Math.max(0, day - 20), 240);
    expect(told.length).toBeGreaterThan(3);
    expect(told.at(-1)).toBeGreaterThan(200);
  });

  it('are not the calls of a day that alarmed, neither before the alarm nor after it', () => {
    const draft = new MapDraft();
    const of = (probability: number, alarm?: FacetAlarm): FacetScore => ({
      facet: 'call_rate',
      points: 0,
      weight: 0,
      reasons: [],
      day: { probability, score: 5 },
      ...(alarm === undefined ? {} : { alarm }),
    });
    const alarm = { ruleId: 'call-rate' } as FacetAlarm;
    const sums = [of(0.001), of(0.0001, alarm), of(0.001)].map((one) => {
      const signs = signsWith(draft, event(1), [one]);
      if (signs !== undefined) keepSigns(draft, event(1), signs);
      return signs && sumOf(signs) * 12;
    });
    expect(sums).toEqual([12, 1, 1]);
  });

  it('were told for good, though the day that they were told on alarmed by itself later', () => {
    const draft = new MapDraft();
    const first = Math.floor(Date.parse(event(1).event_time) / DAY_MS);
    const grown = { grown: 50_000, since: first - 9, odd: 5 };
    keepSigns(draft, event(1), {
      ...{ day: first - 1, today: {}, features: { call_rate: grown }, highs: {} },
    });
    const alarm = { ruleId: 'call-rate' } as FacetAlarm;
    const days = [[0.001], [0.001, alarm], [0.5]] as const;
    const all = days.map(([probability, of], n) => {
      const event_time = new Date((first + Math.floor(n / 2)) * DAY_MS).toISOString();
      const one = event(n, { event_time });
      const score = { facet: 'call_rate', points: 0, weight: 0, reasons: [] };
      const more = of === undefined ? {} : { alarm: of };
      const signs = signsWith(draft, one, [{ ...score, day: { probability, score: 5 }, ...more }]);
      if (signs !== undefined) keepSigns(draft, one, signs);
      return signs;
    });
    expect(all.map((signs) => signs && signsScore(event(1), signs) !== undefined)).toEqual([
      ...[true, true, false],
    ]);
    expect(all.at(-1)).toMatchObject({
      ...{ told: first, features: {}, levels: { call_rate: { since: first, isOpen: true } } },
    });
  });

  it('name what adds up where no day was odd by itself', () => {
    const high = { grown: 100_000, since: 20_000, odd: 0 };
    const signs = { day: 20_039, today: {}, features: { call_rate: high }, highs: {} };
    const said = signsScore(event(1), signs);
    const what = 'at least 26 of 40 days higher than three in four usual ones, none odd by itself';
    expect(said?.alarm?.summary).toContain(`they add up: call rate (${what}).`);
    expect(said?.reasons[0]).toMatchObject({ observed: what });
    const some = {
      ...signs,
      features: { call_rate: { ...high, odd: 3 } },
      today: { call_rate: 8 },
    };
    expect(signsScore(event(1), some)?.reasons[0]?.observed).toBe(
      '4 odd days, at least 8 of 40 days higher than three in four usual ones',
    );
  });

  it('bet fairly: over all probabilities a bet gives back no more than it took', () => {
    const steps = 100_000;
    let sum = 0;
    for (let n = 0; n < steps; n += 1) sum += eValue((n + 0.5) / steps);
    expect(sum / steps).toBeLessThanOrEqual(1);
  });
});
