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
 * little every day moves what is usual with him, and not the place where he began.
 *
 * Limits: days, not calls or tasks; features that tell of days (volumes, task length); that T is honest rests
 * on the days' probabilities (docs/measurements/calibration.md), and on their being exchangeable: a benign change of
 * habits that nobody declared is reported like any other.
 */
import { type AlertReason, type AuditEvent, epochMs, shiftTime } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { type FacetAlarm, type FacetScore, WordedScore } from '../facets/facet.ts';
import { agentName } from '../facets/novelty-words.ts';
import { ownBaseline } from '../facets/own-baseline.ts';
import { agentKey } from '../kept/agent-key.ts';
import { shorten } from '../short-text.ts';

const DAY_MS = 86_400_000;
/** By chance at most once in so many days of an agent. */
export const DAYS_PER_FALSE_SIGN = 5000;
/** The power by which a probability becomes an e-value. */
const POWER = 0.5;
/** What one day may say at most: no single day is many signs. */
const DAY_MOST = 12;
/** For so many days what adds up again belongs to the alert that is there. */
const TOLD_DAYS = 30;
/** Features that tell of days; each has its share. */
const FEATURES = 7;

interface Grown {
  /** Product of the finished days' e-values since it last began anew. */
  readonly grown: number;
  readonly since: number;
  /** Days in it that were odder than one in ten. */
  readonly odd: number;
}

export interface Signs {
  readonly day: number;
  /** Today's e-value of each feature so far, or that it alarmed. */
  readonly today: Readonly<Record<string, number>>;
  readonly features: Readonly<Record<string, Grown>>;
  /** The day on which they were told: for a month, what follows is more of the same. */
  readonly told?: number;
}

/** Instead of today's e-value of a feature that alarmed today: what alarms by itself is no weak sign. */
const ALARMED = -1;

const betOf = (today: number | undefined) => (today === undefined || today === ALARMED ? 1 : today);

/** Names as they are stored: by their place here, which is not to change; others in full. */
const PLACES = [
  'call_rate',
  'tool_rate',
  'record_volume',
  'byte_volume',
  'token_volume',
  'denial_rate',
  'task_length',
  'odd_task',
];

function toPlace(name: string): number | string {
  const at = PLACES.indexOf(name);
  return at < 0 ? name : at;
}

function fromPlace(feature: number | string): string {
  return typeof feature === 'string' ? feature : (PLACES[feature] ?? '');
}

/** What a row ends with where it says nothing is left out: a bet that has not grown, since today, on no odd day. */
type Row = readonly [
  feature: number | string,
  today: number,
  grown?: number,
  /** Days ago; earlier versions stored the day itself. */
  since?: number,
  odd?: number,
];

/** As it is stored: 0 where nothing was told, of each feature today's e-value and what has grown. */
type Stored = readonly [day: number, told: number, features: readonly Row[]];
/** No bet grows for so long, and no day of ours is as early. */
const DAYS_AGO_MAX = 10_000;

/** Digits of an e-value that are kept: it is a bet, not a measurement. */
const DIGITS = 5;
const rounded = (value: number) => Number(value.toPrecision(DIGITS));

function rowOf(
  name: string,
  today: number,
  { of, day }: { readonly of: Grown | undefined; readonly day: number },
): Row {
  const head = [toPlace(name), rounded(today)] as const;
  if (of === undefined) return [...head, 0];
  const { grown, since, odd } = of;
  const [most, ago] = [rounded(grown), day - since];
  if (odd !== 0) return [...head, most, ago, odd];
  if (ago !== 0) return [...head, most, ago];
  return most === 1 ? head : [...head, most];
}

function toStored({ day, today, features, told = 0 }: Signs): Stored {
  const names = [...new Set([...Object.keys(features), ...Object.keys(today)])];
  return [
    day,
    told,
    names.map((name) => rowOf(name, today[name] ?? 0, { of: features[name], day })),
  ];
}

function fromStored([day, told, rows]: Stored): Signs {
  const today: Record<string, number> = {};
  const features: Record<string, Grown> = {};
  for (const row of rows) {
    const [name, bet, grown = 1, ago = 0, odd = 0] = [
      fromPlace(row[0]),
      row[1],
      row[2],
      row[3],
      row[4],
    ];
    if (bet !== 0) today[name] = bet;
    if (grown > 0) features[name] = { grown, since: ago > DAYS_AGO_MAX ? ago : day - ago, odd };
  }
  return { day, today, features, ...(told === 0 ? {} : { told }) };
}

/** Not under the name of earlier versions, which kept it in another form. */
const keyOf = (event: AuditEvent) => agentKey(event, 'signs');

/** An e-value of a probability. */
export function eValue(probability: number): number {
  return Math.min(DAY_MOST, POWER * probability ** (POWER - 1));
}

const ODD = eValue(0.1);

/** The mean of both bets is a bet. */
function betOn({ probability, anchored }: NonNullable<FacetScore['day']>): number {
  const own = eValue(probability);
  return anchored === undefined ? own : (own + eValue(anchored)) / 2;
}

function finished(before: Grown | undefined, bet: number, day: number): Grown {
  const { grown, since, odd } = before ?? { grown: 1, since: day, odd: 0 };
  const next = grown * bet;
  if (next <= 1) return { grown: 1, since: day + 1, odd: 0 };
  return { grown: next, since, odd: odd + (bet >= ODD ? 1 : 0) };
}

/** What all features' days have come to, today's included. */
export function sumOf({ today, features }: Signs): number {
  const names = new Set([...Object.keys(today), ...Object.keys(features)]);
  let sum = 0;
  for (const name of names) sum += (features[name]?.grown ?? 1) * betOf(today[name]);
  return sum / Math.max(FEATURES, names.size);
}

function toldOn({ day, told }: Signs): number {
  return told !== undefined && day - told <= TOLD_DAYS ? told : day;
}

function atDay(signs: Signs, day: number): Signs {
  if (day <= signs.day) return signs;
  // What was told is told: it begins anew.
  if (sumOf(signs) >= DAYS_PER_FALSE_SIGN) {
    return { day, today: {}, features: {}, told: toldOn(signs) };
  }
  const features: Record<string, Grown> = { ...signs.features };
  for (const [name, bet] of Object.entries(signs.today)) {
    features[name] = finished(features[name], betOf(bet), signs.day);
  }
  const { told } = signs;
  return { day, today: {}, features, ...(told === undefined ? {} : { told }) };
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
  const stored = draft.get<Stored>(keyOf(event));
  const known = stored === undefined ? { day: now, today: {}, features: {} } : fromStored(stored);
  const before = atDay(known, now);
  const today: Record<string, number> = { ...before.today };
  for (const { facet, day, alarm } of told) {
    // Also what the day's earlier calls made of it: they were on their way to the alarm.
    if (alarm !== undefined) today[facet] = ALARMED;
    else if (day !== undefined && today[facet] !== ALARMED) {
      today[facet] = Math.max(today[facet] ?? 0, betOn(day));
    }
  }
  return { ...before, today };
}

export function keepSigns(draft: Draft, event: AuditEvent, signs: Signs): void {
  draft.put(keyOf(event), toStored(signs));
}

const dateOf = (day: number) => shiftTime('1970-01-01T00:00:00Z', day * DAY_MS).slice(0, 10);

/** The features that weigh most, heaviest first. */
function heaviest({ today, features }: Signs): readonly (readonly [name: string, Grown])[] {
  return Object.entries(features)
    .map(([name, one]) => [name, { ...one, grown: one.grown * betOf(today[name]) }] as const)
    .filter(([, { grown }]) => grown > 1)
    .sort(([a, x], [b, y]) => y.grown - x.grown || (a < b ? -1 : 1))
    .slice(0, 3);
}

function alarmOf(event: AuditEvent, signs: Signs): FacetAlarm {
  const who = agentName(event);
  const all = heaviest(signs);
  const since = Math.min(signs.day, ...all.map(([, one]) => one.since));
  // One that only today adds to has no odd days to tell of yet.
  const odd = all.filter(([, one]) => one.odd > 0);
  const said = (odd.length === 0 ? all : odd).map(
    ([name, { odd }]) => `${name.replaceAll('_', ' ')} (${odd} days)`,
  );
  return {
    kind: 'behavior_deviation',
    ruleId: 'weak-signs',
    severity: 'low',
    dedupeKey: `weak_signs|${toldOn(signs)}`,
    title: shorten(`${who} has been a little unlike itself since ${dateOf(since)}`, 90),
    summary:
      `Alarms left out, no day of ${who} was odd enough for an alert, but since ${dateOf(since)} they add up: ${said.join(', ')}. ` +
      `By chance that comes once in ${DAYS_PER_FALSE_SIGN} days of an agent at most.`,
    evidence: [],
    notVisible: ['Peers were not compared: a change that all of them share looks the same.'],
    taxonomy: { owasp: ['ASI02'] },
  };
}

/** The days that add up. */
function historyOf(signs: Signs) {
  const since = Math.min(signs.day, ...heaviest(signs).map(([, one]) => one.since));
  return ownBaseline({ sinceDay: since, day: signs.day, n: signs.day - since });
}

/** What they have come to, where it is worth telling. */
export function signsScore(event: AuditEvent, signs: Signs): FacetScore | undefined {
  const sum = sumOf(signs);
  if (sum < DAYS_PER_FALSE_SIGN) return undefined;
  const reasons = (): AlertReason[] =>
    heaviest(signs).map(([name, { since, odd, grown }]) => ({
      feature: name,
      text: `${odd} odd days since ${dateOf(since)}.`,
      expected: `such a run once in ${DAYS_PER_FALSE_SIGN} days`,
      observed: `${odd} days`,
      p_value: Number(Math.min(1, 1 / grown).toPrecision(3)),
      level: 'agent',
      threshold: DAYS_PER_FALSE_SIGN,
      threshold_source: 'static',
    }));
  const alarm = alarmOf(event, signs);
  return new WordedScore(
    { facet: 'weak_signs', points: Math.log2(sum), weight: 0, alarm, baseline: historyOf(signs) },
    reasons,
  );
}
