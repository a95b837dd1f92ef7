/** What a day that came to too much is told as: in a reason, and as an alert. */
import { type AlertReason, type AuditEvent, severityAtLeast } from '@waywarden/schemas';
import { counted, shorten } from '../short-text.ts';
import { dateOfDay } from '../volume/block-maxima.ts';
import { BLOCKS_MIN } from '../volume/day-score.ts';
import type { ToldDays } from '../volume/day-totals.ts';
import { FIRST_DAYS, type FirstTotal } from '../volume/measure-total.ts';
import { firstDayOf } from '../volume/stretch.ts';
import type { DayMeasure } from './day-measure.ts';
import type { FacetAlarm } from './facet.ts';
import { beyondFirstDays, undeclaredSince } from './first-days-words.ts';
import { agentName } from './novelty-words.ts';
import { ownBaseline } from './own-baseline.ts';
import { timesOf } from './times.ts';

const TITLE_LENGTH_MAX = 90;

/** A measure that is over, and what it was held against. */
export interface OverDay {
  /** The place of the measure. */
  readonly at: number;
  readonly measure: DayMeasure;
  readonly sum: number;
  readonly above: number;
  readonly day: number;
  readonly since: number;
  readonly days: number;
  readonly peak: number;
  readonly told: ToldDays | undefined;
  /** Where the days before let it pass and the first ones do not. */
  readonly first: (FirstTotal & { readonly declaredMs: number | undefined }) | undefined;
}

const observedOf = ({ measure, sum, day }: OverDay) => `${measure.say(sum)} on ${dateOfDay(day)}`;

function expectedOf({ measure, days, since, peak, above, told, first }: OverDay): string {
  if (first !== undefined) {
    return `at most ${measure.say(first.most)} on its first ${counted(FIRST_DAYS, 'day')}, and ${undeclaredSince(first.declaredMs)}`;
  }
  if (days < BLOCKS_MIN) {
    return `after its declared change at most ${measure.say(Math.floor(above))} a day pass`;
  }
  const left =
    told === undefined || told.days === 0
      ? ''
      : `, ${counted(told.days, 'day')} left out on which it alarmed`;
  return `the largest of the ${counted(days, 'day')} that are counted since ${dateOfDay(since)} had ${measure.say(peak)}${left}`;
}

function usualOf({ measure, days, peak, first, sum }: OverDay): string {
  if (first !== undefined) return beyondFirstDays(sum, first.most, measure.floor);
  return days < BLOCKS_MIN
    ? 'far more than before'
    : `at most ${measure.say(peak)} a day that is counted`;
}

export function dayReason(over: OverDay): AlertReason {
  const { measure, above, days } = over;
  const expected = expectedOf(over);
  return {
    feature: measure.name,
    text: `${observedOf(over)}; ${expected}.`,
    expected,
    observed: observedOf(over),
    baseline_n: days,
    level: 'agent',
    threshold: Number(above.toPrecision(4)),
    threshold_source: above > measure.floor ? 'learned' : 'static',
  };
}

export function dayBaseline({ since, day, days }: OverDay) {
  return ownBaseline({ sinceDay: since, day, n: days });
}

/** What a verdict on its alert is about. */
export const daySame = ({ name }: Pick<DayMeasure, 'name'>): string => `day|${name}`;

/** One alert of what goes on, every day told in it; what joins on a day is told in it too. */
export function dayAlarm(event: AuditEvent, lead: OverDay, others: readonly OverDay[]): FacetAlarm {
  const { measure, sum, day, peak, above, told } = lead;
  const who = agentName(event);
  const all = [lead, ...others];
  const severity = all
    .map((one) => one.measure.severity)
    .reduce((most, one) => (severityAtLeast(most, one) ? most : one));
  const joins = told?.last === day && others.some((one) => one.told?.last !== day);
  const also = others.length === 0 ? '' : ` So has it ${others.map(observedOf).join('; ')}.`;
  return {
    kind: 'behavior_deviation',
    ruleId: measure.name.replaceAll('_', '-'),
    severity,
    same: all.map((one) => [daySame(one.measure), one.sum] as const),
    dedupeKey: `${measure.name}|${firstDayOf(told, day)}`,
    alike: all.some((one) => one.measure.alike === 'data') ? 'data' : measure.alike,
    times: timesOf(sum, lead.first?.most ?? peak),
    amount: sum,
    much: observedOf(lead),
    day,
    isOfDay: true,
    ...(joins ? { retells: true } : {}),
    title: shorten(`${who}: ${observedOf(lead)}, ${usualOf(lead)}`, TITLE_LENGTH_MAX),
    summary: `${who} has ${dayReason(lead).text} The alarm begins above ${measure.say(Math.floor(above))}.${also}`,
    evidence: [],
    notVisible: [
      'Peers were not compared: only this agent’s own days were.',
      'Days on which it alarmed, and pieces of work that alarmed, are not among those it is held against.',
    ],
    taxonomy: measure.taxonomy,
  };
}
