/**
 * Too much of something in a day (UTC), for this agent: whoever stays below the floors of the windows of minutes
 * (`volume-facet.ts`) may do so all day, and take a thousand times what is usual.
 *
 * One facet for all measures, since all totals of an agent are one value (`../volume/day-totals.ts`): one look-up and
 * one put an event. Below the floors nothing is judged. What is over is one alert a day (or of the days on which it
 * goes on), under the measure that was over first, with the reasons of all.
 *
 * Method: sums of a day, at least four times the largest day ever and a floor (`../volume/day-totals.ts`).
 * Source: a fixed multiple and no tail, since a few dozen days tell of none; measured on fleets
 * (docs/measurements/fleet.md).
 * Limits: seven days of history (peers are not asked); times that are not measured are not judged; nothing below
 * the floors, and nothing below four times the largest day ever (one and a half times what people found harmless)
 * and eight times the most of the first ten days (`../volume/measure-total.ts`); a
 * day ends at midnight UTC, so half of what a night holds is in either.
 */
import { type AuditEvent, epochMs } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { keepKnown, knownOf } from '../kept/known-of-agent.ts';
import { declaredSince } from '../profile/declarations.ts';
import { isFoundRight } from '../profile/found.ts';
import {
  aboveChance,
  alarmAbove,
  atDay,
  boundOfFirst,
  type DayTotals,
  declaredOf,
  foundHarmless,
  keptApart,
  largestDay,
  newTotals,
  rebased,
  sumAt,
  toldOf,
  withAmounts,
} from '../volume/day-totals.ts';
import { leastOf } from '../volume/score-tail.ts';
import { dayBytes } from './day-bytes.ts';
import { dayCalls } from './day-calls.ts';
import type { DayMeasure } from './day-measure.ts';
import { dayRecords } from './day-records.ts';
import { dayAlarm, dayBaseline, dayReason, daySame, type OverDay } from './day-words.ts';
import { type Chance, type Facet, type FacetScore, WordedScore } from './facet.ts';

const DAY_MS = 86_400_000;
const BITS_MAX = 40;

type Whose = Parameters<NonNullable<Facet['release']>>[1];

/** By their place they are stored: new ones at the end. */
const MEASURES: readonly DayMeasure[] = [dayRecords, dayCalls, dayBytes];
const FLOORS = MEASURES.map(({ floor }) => floor);

/** What the day has come to with this event. */
interface JudgedDay {
  readonly draft: Draft;
  readonly event: AuditEvent;
  readonly day: number;
  readonly amounts: readonly number[];
  readonly next: DayTotals;
  readonly over: readonly OverDay[];
}

/** What is over; the measure that was told first today leads: what joins it is no other alert. */
function overOf(next: DayTotals, day: number): readonly OverDay[] {
  const over: OverDay[] = [];
  MEASURES.forEach((measure, at) => {
    const sum = sumAt(next, day, at);
    const above = sum > measure.floor ? alarmAbove(next, at, measure.floor) : undefined;
    if (above === undefined) return;
    const bound = sum > above ? undefined : boundOfFirst(next, at, measure.floor);
    if (sum <= (bound?.above ?? above)) return;
    const [, , days] = next[2][at] ?? [0, 0, 0, 0];
    const peak = largestDay(next, at);
    const told = toldOf(next, at);
    const first = bound && { ...bound, declaredMs: declaredOf(next) };
    const least = bound?.above ?? above;
    over.push({ at, measure, sum, above: least, day, since: next[1], days, peak, told, first });
  });
  const lead = over.find(({ told }) => told?.last === day && told.joins !== true);
  return lead === undefined ? over : [lead, ...over.filter((one) => one !== lead)];
}

/** Asked when what alarmed for a month would become normal. */
function isHeldMeasure(draft: Draft, event: AuditEvent, measure: DayMeasure | undefined): boolean {
  return measure !== undefined && isFoundRight(draft, event, daySame(measure));
}

function judged(draft: Draft, event: AuditEvent): JudgedDay | undefined {
  if (event.event_time_quality !== 'measured') return undefined;
  const day = Math.floor(epochMs(event.event_time) / DAY_MS);
  const amounts = MEASURES.map(({ amountOf }) => amountOf(event));
  const stored = knownOf<DayTotals>(draft, event, 'daytotals');
  const isHeld = (at: number) => isHeldMeasure(draft, event, MEASURES[at]);
  const known =
    stored === undefined ? newTotals(day, MEASURES.length) : atDay(stored, day, FLOORS, isHeld);
  const counted = withAmounts(known, day, amounts);
  const isLarge = MEASURES.some(({ floor }, at) => sumAt(counted, day, at) > floor);
  // What was declared is asked for once a day, and where it decides.
  if (!isLarge && known === stored) {
    return { draft, event, day, amounts, next: counted, over: [] };
  }
  const next = rebased(counted, declaredSince(draft, event), FLOORS);
  return { draft, event, day, amounts, next, over: isLarge ? overOf(next, day) : [] };
}

class DayTotal implements Facet {
  readonly name = 'day_total';
  readonly learnsDoubtful = true as const;
  readonly parts = MEASURES.map(({ name }) => name);
  /** What `score` looked up, for the `learn` that follows: nothing is put in between. */
  #judged: JudgedDay | undefined;

  score(draft: Draft, event: AuditEvent): FacetScore | null {
    const of = judged(draft, event);
    this.#judged = of;
    if (of === undefined) return null;
    const [lead, ...others] = of.over;
    if (lead === undefined) return null;
    const score = {
      facet: lead.measure.name,
      points: Math.min(BITS_MAX, Math.log2(lead.sum / Math.max(1, lead.first?.most ?? lead.peak))),
      // A day is odd of all its calls at once: no sign of this one.
      weight: 0,
      more: { alarm: dayAlarm(event, lead, others), baseline: dayBaseline(lead) },
    };
    return new WordedScore(score, () => [lead, ...others].map(dayReason));
  }

  /** Alarms rest on a fixed multiple of the largest day and not on this, so alerts don't state it. */
  chances(draft: Draft, event: AuditEvent): readonly Chance[] {
    const of = judged(draft, event);
    if (of === undefined) return [];
    const all = MEASURES.flatMap((_, at) => {
      const p = aboveChance(of.next, of.day, at);
      return p === undefined ? [] : [p];
    });
    if (all.length === 0) return [];
    const probability = leastOf(Math.min(...all), all.length);
    return [{ feature: this.name, probability, per: 'day' }];
  }

  release(draft: Draft, whose: Whose, upTo: (what: string) => number | undefined): void {
    const before = knownOf<DayTotals>(draft, whose, 'daytotals');
    if (before === undefined) return;
    const now = MEASURES.reduce((of, measure, at) => {
      const most = upTo(daySame(measure));
      return most === undefined ? of : foundHarmless(of, at, most);
    }, before);
    if (now !== before) keepKnown(draft, whose, 'daytotals', now);
  }

  learn(draft: Draft, event: AuditEvent, flagged: boolean): void {
    const scored = this.#judged;
    this.#judged = undefined;
    const of = scored?.event === event && scored.draft === draft ? scored : judged(draft, event);
    if (of === undefined) return;
    const { day, amounts, next, over } = of;
    const now = flagged ? keptApart(next, day, { amounts, over: over.map(({ at }) => at) }) : next;
    keepKnown(draft, event, 'daytotals', now);
  }
}

export const dayTotal: Facet = new DayTotal();
