/** What adds up over days: calm days to nothing, a slow climb to one alert, chance to hardly any. */
import { describe, expect, it } from 'vitest';
import type { FacetAlarm, FacetScore } from '../facets/facet.ts';
import { event } from '../testing/event-builder.ts';
import { MapDraft } from '../testing/map-draft.ts';
import { ProfileWorld } from '../testing/profile-world.ts';
import { eValue, keepSigns, signsWith, sumOf } from './weak-signs.ts';

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
      return signs && sumOf(signs) * 7;
    });
    expect(sums).toEqual([12, 1, 1]);
  });

  it('bet fairly: over all probabilities a bet gives back no more than it took', () => {
    const steps = 100_000;
    let sum = 0;
    for (let n = 0; n < steps; n += 1) sum += eValue((n + 0.5) / steps);
    expect(sum / steps).toBeLessThanOrEqual(1);
  });
});
