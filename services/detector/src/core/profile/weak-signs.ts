/**
 * Many weak signs: days of an agent that are a little odd each, in one feature or several, over as long as it
 * takes. None alarms alone.
 *
 * The probability of each feature's day becomes an e-value, whose mean over harmless days is at most 1
 * (`κ p^(κ−1)`; Vovk, Wang 2021): below a quarter it bets on the day being odd, above it loses. Products of e-values
 * over days grow without bound only when days stay odd; one that has lost everything begins anew, and the
 * mean over the features is the agent's (an e-detector: Shin, Ramdas, Rinaldo 2022). Such a sum reaches T by
 * chance at most once in T days on average, whatever the features have to do with each other, with
 * no window fixed before. A day is also held against the agent's *first* days, which stay: who moves a
 * little every day moves what is usual with him, and not the place where he began; what was told for a month counts
 * as where he began then (`told-level.ts`). And apart from that it is bet on
 * days lying above all before them (`high-days.ts`): who takes twice as much every day is soon the usual.
 *
 * What was told begins anew on the next day, also where the day that it was told on alarmed by itself later on: else it
 * would be told on each such day as if for the first time.
 *
 * Method: e-values of days, multiplied and averaged (an e-detector). Source: Vovk, Wang 2021; Shin, Ramdas,
 * Rinaldo 2022; Rényi 1962.
 * Limits: days, not calls or tasks; features that tell of days (volumes, task length); that T is honest rests on
 * the days' probabilities (docs/measurements/calibration.md), and on their being exchangeable: a benign change
 * of habits that nobody declared is reported like any other.
 */
import { type AlertReason, type AuditEvent, epochMs } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { type DayOdds, type FacetAlarm, type FacetScore, WordedScore } from '../facets/facet.ts';
import { agentName } from '../facets/novelty-words.ts';
import { ownBaseline } from '../facets/own-baseline.ts';
import { keepKnown, knownOf } from '../kept/known-of-agent.ts';
import { counted, shorten } from '../short-text.ts';
import { dateOfDay } from '../volume/block-maxima.ts';
import { daysAbove, type HighDays, highAfter, highWith, worthOf } from './high-days.ts';
import {
  ALARMED,
  fromStoredSigns,
  type Grown,
  type Signs,
  type StoredSigns,
  toStoredSigns,
} from './stored-signs.ts';
import {
  levelAt,
  liftedProbability,
  signsKey,
  TOLD_DAYS,
  type ToldLevel,
  toldOn,
} from './told-level.ts';

const DAY_MS = 86_400_000;
/** By chance at most once in so many days of an agent. */
export const DAYS_PER_FALSE_SIGN = 5000;
/** The power by which a probability becomes an e-value. */
const POWER = 0.5;
/** What one day may say at most: no single day is many signs. */
const DAY_MOST = 12;
/** Features that tell of days, and those of which high days are bet on too; each has its share. */
const FEATURES = 7;
const HIGH_FEATURES = 5;

const betOf = (today: number | undefined) => (today === undefined || today === ALARMED ? 1 : today);

/** An e-value of a probability. */
export function eValue(probability: number): number {
  return Math.min(DAY_MOST, POWER * probability ** (POWER - 1));
}

const ODD = eValue(0.1);

/** The mean of both bets is a bet. */
function betOn(day: DayOdds, level: ToldLevel | undefined): number {
  const own = eValue(day.probability);
  const anchored = liftedProbability(level, day);
  return anchored === undefined ? own : (own + eValue(anchored)) / 2;
}

function finished(before: Grown | undefined, bet: number, day: number): Grown {
  const { grown, since, odd } = before ?? { grown: 1, since: day, odd: 0 };
  const next = grown * bet;
  if (next <= 1) return { grown: 1, since: day + 1, odd: 0 };
  return { grown: next, since, odd: odd + (bet >= ODD ? 1 : 0) };
}

/** What days above all before are worth, unless the feature alarmed today. */
const highWorth = ({ today, highs }: Signs, name: string) => {
  const high = highs[name];
  if (high === undefined) return 1;
  return today[name] === ALARMED ? high.bet : worthOf(high);
};

/** What all features' days have come to, today's included. */
export function sumOf(signs: Signs): number {
  const { today, features, highs } = signs;
  const names = new Set([...Object.keys(today), ...Object.keys(features)]);
  let sum = 0;
  for (const name of names) sum += (features[name]?.grown ?? 1) * betOf(today[name]);
  for (const name of Object.keys(highs)) sum += highWorth(signs, name);
  return sum / (Math.max(FEATURES, names.size) + HIGH_FEATURES);
}

const isTold = (signs: Signs) => sumOf(signs) >= DAYS_PER_FALSE_SIGN;

function firstTold({ day, told }: Signs): number {
  return told !== undefined && day - told <= TOLD_DAYS ? told : day;
}

function atDay(signs: Signs, day: number): Signs {
  if (day <= signs.day) return signs;
  // What was told is told: it begins anew.
  if (isTold(signs)) {
    const first = firstTold(signs);
    const levels = toldLevels(signs, first);
    return { day, today: {}, features: {}, highs: {}, told: first, levels };
  }
  const features: Record<string, Grown> = { ...signs.features };
  for (const [name, bet] of Object.entries(signs.today)) {
    features[name] = finished(features[name], betOf(bet), signs.day);
  }
  return { ...signs, day, today: {}, features, highs: finishedHighs(signs) };
}

/** Of what the alert names, from which on it is known what was told. */
function toldLevels(signs: Signs, first: number): Record<string, ToldLevel> {
  const told = heaviest(signs).map(({ name }) => [name, toldOn(signs.levels?.[name], first)]);
  return { ...signs.levels, ...Object.fromEntries(told) };
}

/** What was told for a month is no sign any more, and adds up anew from there. */
function withLevels(
  signs: Signs,
  scores: readonly FacetScore[],
  of: { readonly draft: Draft; readonly event: AuditEvent; readonly today: number },
): Signs {
  let now = signs;
  for (const { facet, day } of scores) {
    const level = now.levels?.[facet];
    const next = day === undefined || level === undefined ? level : levelAt(level, day, of);
    if (next === undefined || next === level) continue;
    const { [facet]: told, ...others } = now.features;
    // Held against the same level as before, it adds up as before.
    const isAsBefore = told === undefined || (level?.isOpen === true && level.log === next.log);
    const features = isAsBefore ? now.features : others;
    now = { ...now, features, levels: { ...now.levels, [facet]: next } };
  }
  return now;
}

/** A day that alarmed by itself, or on which nothing of the feature was done, neither wins nor loses. */
function finishedHighs({ today, highs }: Signs): Record<string, HighDays> {
  const after: Record<string, HighDays> = {};
  for (const [name, high] of Object.entries(highs)) {
    const bet = today[name];
    const next = bet === undefined || bet === ALARMED ? { ...high, won: false } : highAfter(high);
    if (next !== undefined && next.bet > 1) after[name] = next;
  }
  return after;
}

/** The signs with what the facets say of this call; undefined when they say nothing of days. */
export function signsWith(
  draft: Draft,
  event: AuditEvent,
  facets: readonly FacetScore[],
): Signs | undefined {
  const told = facets.filter(({ day }) => day !== undefined);
  if (told.length === 0) return undefined;
  const now = Math.floor(epochMs(event.event_time) / DAY_MS);
  const stored = knownOf<StoredSigns>(draft, event, 'signs');
  const none = { day: now, today: {}, features: {}, highs: {} };
  const known = stored === undefined ? none : fromStoredSigns(stored);
  const then = atDay(known, now);
  const before =
    then.levels === undefined ? then : withLevels(then, told, { draft, event, today: now });
  const today: Record<string, number> = { ...before.today };
  for (const { facet, day, alarm } of told) {
    // Also what the day's earlier calls made of it: they were on their way to the alarm. Not where that was told.
    if (alarm !== undefined && !isTold(before)) today[facet] = ALARMED;
    else if (day !== undefined && today[facet] !== ALARMED) {
      today[facet] = Math.max(today[facet] ?? 0, betOn(day, before.levels?.[facet]));
    }
  }
  return { ...before, today, highs: highsWith(before.highs, told, now) };
}

/** At most calls nothing changes: then it is the same object. */
function highsWith(before: Signs['highs'], told: readonly FacetScore[], now: number) {
  let highs = before;
  for (const { facet, day } of told) {
    const known = highs[facet];
    const high = day?.high === undefined ? known : highWith(known, day.high, now);
    if (high === known) continue;
    const { [facet]: _ended, ...others } = highs;
    highs = high === undefined ? others : { ...others, [facet]: high };
  }
  return highs;
}

/** A day on which calls were not learnt neither wins nor loses: its like can't become usual, and would be odd for ever. What was told stays so. */
export function unjudged(signs: Signs, facets: readonly FacetScore[]): Signs {
  if (isTold(signs)) return signs;
  const today: Record<string, number> = { ...signs.today };
  for (const { facet, day } of facets) if (day !== undefined) today[facet] = ALARMED;
  return { ...signs, today };
}

export function keepSigns(draft: Draft, event: AuditEvent, signs: Signs): void {
  keepKnown(draft, event, 'signs', toStoredSigns(signs));
}

interface Heavy {
  readonly name: string;
  readonly worth: number;
  readonly since: number;
  /** How many days, and what they were: odd, a little high, or above all before. */
  readonly said: string;
}

/**
 * Days that were not odd and won all the same, as few as can have made so much of a bet: how many they were is not
 * kept, and that there were none can't be so.
 */
const littleDays = (worth: number, odd: number): number =>
  Math.max(0, Math.ceil((Math.log(worth) - odd * Math.log(DAY_MOST)) / Math.log(ODD)));

function oddSaid({ worth, odd, all }: { worth: number; odd: number; all: number }): string {
  const little = littleDays(worth, odd);
  if (little === 0) return counted(odd, 'odd day');
  const high = `at least ${little} of ${counted(all, 'day')} higher than three in four usual ones`;
  return odd === 0 ? `${high}, none odd by itself` : `${counted(odd, 'odd day')}, ${high}`;
}

function heavyOf(signs: Signs, name: string): Heavy {
  const { since, odd, grown } = signs.features[name] ?? { since: signs.day, odd: 0, grown: 1 };
  const worth = grown * betOf(signs.today[name]);
  const high = signs.highs[name];
  if (high !== undefined && highWorth(signs, name) > worth) {
    const days = daysAbove(high);
    const said = `${counted(days, 'day')} above all before`;
    return { name, worth: highWorth(signs, name), since: high.since, said };
  }
  const now = betOf(signs.today[name]) >= ODD ? 1 : 0;
  const said = oddSaid({ worth, odd: odd + now, all: signs.day - since + 1 });
  return { name, worth, since, said };
}

/** The features that weigh most, heaviest first. */
function heaviest(signs: Signs): readonly Heavy[] {
  return [...new Set([...Object.keys(signs.features), ...Object.keys(signs.highs)])]
    .map((name) => heavyOf(signs, name))
    .filter(({ worth }) => worth > 1)
    .sort((a, b) => b.worth - a.worth || (a.name < b.name ? -1 : 1))
    .slice(0, 3);
}

const sinceOf = (signs: Signs, all: readonly Heavy[]) =>
  Math.min(signs.day, ...all.map(({ since }) => since));

function alarmOf(event: AuditEvent, signs: Signs): FacetAlarm {
  const who = agentName(event);
  const all = heaviest(signs);
  const since = sinceOf(signs, all);
  const list = all.map(({ name, said }) => `${name.replaceAll('_', ' ')} (${said})`);
  return {
    kind: 'behavior_deviation',
    ruleId: 'weak-signs',
    severity: 'low',
    dedupeKey: signsKey(firstTold(signs)),
    title: shorten(`${who} has been a little unlike itself since ${dateOfDay(since)}`, 90),
    summary:
      `Alarms left out, no day of ${who} was odd enough for an alert, but since ${dateOfDay(since)} they add up: ${list.join('; ')}. ` +
      `By chance that comes once in ${DAYS_PER_FALSE_SIGN} days of an agent at most. ` +
      'Volumes are held against its first ten days too, or the level at which it was told before and stayed for a month.',
    evidence: [],
    notVisible: ['Peers were not compared: a change that all of them share looks the same.'],
    taxonomy: { owasp: ['ASI02'] },
  };
}

/** The days that add up. */
function historyOf(signs: Signs) {
  const since = sinceOf(signs, heaviest(signs));
  return ownBaseline({ sinceDay: since, day: signs.day, n: signs.day - since });
}

/** What they have come to, where it is worth telling. */
export function signsScore(event: AuditEvent, signs: Signs): FacetScore | undefined {
  const sum = sumOf(signs);
  if (sum < DAYS_PER_FALSE_SIGN) return undefined;
  const reasons = (): AlertReason[] =>
    heaviest(signs).map(({ name, since, said, worth }) => ({
      feature: name,
      text: `${said}, since ${dateOfDay(since)}.`,
      expected: `such a run once in ${DAYS_PER_FALSE_SIGN} days`,
      observed: said,
      p_value: Number(Math.min(1, 1 / worth).toPrecision(3)),
      level: 'agent',
      threshold: DAYS_PER_FALSE_SIGN,
      threshold_source: 'static',
    }));
  const alarm = alarmOf(event, signs);
  return new WordedScore(
    {
      facet: 'weak_signs',
      points: Math.log2(sum),
      weight: 0,
      more: { alarm, baseline: historyOf(signs) },
    },
    reasons,
  );
}
