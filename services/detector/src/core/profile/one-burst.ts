/**
 * A burst is one thing that happened, however many features of it are odd: sixty pages of a list within a minute are
 * too many calls, too many of that tool, too many records and too long a task. So what is too much at once is one
 * alert, under the rule that saw it first, and lists the rest.
 *
 * At once is: in one piece of work (`../piece-of-work.ts`); a feature that joins then, and one that comes to twice of
 * what was told of it, are told anew in that alert. Within the week (`../volume/stretch.ts`) the same goes on in other
 * work only where it is no more than was told, and that its own day becomes too much by it is nothing more: what joins
 * or doubles in other work on another day is another burst, with an alert and evidence of its own. An attack on the days
 * after a false alarm would else be a revision of that. A week without one ends it, in one task or conversation too.
 *
 * What is said to be so at the same time is of the same day, or went on without a pause: of what was told on another
 * day the amount is known still, to which more is compared, and no word.
 *
 * Rejected: one place of the budget for all of them (`alert-budget.ts` does that too), which still gives
 * whoever is on duty four alerts to read; features that leave out what another has told, whose order would then
 * decide what is learnt; whatever comes on one day, or within an hour or ten minutes (an attack soon after a false
 * alarm was a revision of that).
 */
import { type AuditEvent, epochMs, shortPrint } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { type FacetAlarm, type FacetScore, WordedScore } from '../facets/facet.ts';
import { agentKey } from '../kept/agent-key.ts';
import { workOf } from '../piece-of-work.ts';
import { ENDED_AFTER_DAYS } from '../volume/stretch.ts';
import { amountsOf, type Largest, largestOf, saidBefore } from './alarmed-before.ts';
import { sameOf } from './found.ts';
import { gravestOf } from './likeness.ts';

const DAY_MS = 86_400_000;
/** The longest window of what more calls bring. */
const CALLS_MS = 600_000;
/** Features that a burst lists; there are fewer. */
const FEATURES_MAX = 12;

/** A feature of it: how much there was when it was told, and in words. */
type ToldFeature = readonly [feature: string, amount: number, observed: string];

interface Burst {
  /** Its piece of work, by print. */
  readonly chain: string;
  readonly ms: number;
  /** The alert that tells it. */
  readonly ruleId: string;
  readonly dedupeKey: string;
  readonly told: readonly ToldFeature[];
  /** How many times the usual its calls were, and when last: more calls bring more of everything. */
  readonly calls?: readonly [times: number, ms: number];
  /** The largest of it, and of those before it; left out by earlier versions. */
  readonly most?: readonly Largest[];
  readonly before?: readonly Largest[];
}

interface Bursting extends FacetScore {
  readonly alarm: FacetAlarm & { readonly much: string };
}

function isBursting(score: FacetScore): score is Bursting {
  return score.alarm?.much !== undefined;
}

/** The burst that goes on with this event; undefined where there is none. */
function goingOn(
  known: Burst | undefined,
  { chain, ms }: Pick<Burst, 'chain' | 'ms'>,
  all: readonly Bursting[],
): Burst | undefined {
  if (known === undefined) return undefined;
  const days = Math.abs(Math.floor(ms / DAY_MS) - Math.floor(known.ms / DAY_MS));
  const isAtOnce = known.chain === chain;
  if (days > ENDED_AFTER_DAYS) return undefined;
  const isNoMore = !all.some((one) => isNews(known.told, one) && !isBroughtBy(known, one, days));
  return isAtOnce || isNoMore ? known : undefined;
}

/**
 * The sum of the day on which it was told: what its windows hold again makes the day too much, which is nothing more.
 * Once it has joined, twice of it is news as of all others.
 */
function isBroughtBy({ told }: Burst, { facet, alarm }: Bursting, days: number): boolean {
  return alarm.isOfDay === true && days === 0 && !told.some(([feature]) => feature === facet);
}

/**
 * Of sums of a day alone there is no burst. They belong to one whose alert tells them, while the day lasts and they are
 * no more: what a burst brought would be told of every call that follows it.
 */
function isPartOf(known: Burst | undefined, ms: number, all: readonly Bursting[]): boolean {
  if (!all.every(({ alarm }) => alarm.isOfDay === true)) return true;
  if (known === undefined) return false;
  if (Math.floor(ms / DAY_MS) !== Math.floor(known.ms / DAY_MS)) return false;
  return !all.some((one) => isNews(known.told, one));
}

/** A feature that is new in it, or twice of what was told. */
function isNews(told: readonly ToldFeature[], { facet, alarm }: Bursting): boolean {
  const known = told.find(([feature]) => feature === facet);
  return known === undefined || (alarm.amount ?? 0) >= 2 * known[1];
}

/** What was told of it, without the words of another day where it paused since. */
function toldBy(known: Burst | undefined, ms: number): readonly ToldFeature[] {
  if (known === undefined) return [];
  const isOneDay = Math.floor(known.ms / DAY_MS) === Math.floor(ms / DAY_MS);
  if (isOneDay || Math.abs(ms - known.ms) <= CALLS_MS) return known.told;
  return known.told.map(([feature, amount]) => [feature, amount, '']);
}

/** What is too much with this call is said as it is now: what was told of it may be half of that. */
function toldWith(told: readonly ToldFeature[], all: readonly Bursting[]) {
  const others = told.filter(([feature]) => !all.some(({ facet }) => facet === feature));
  const now = all.map((one): ToldFeature => {
    const { facet, alarm } = one;
    const before = told.find(([feature]) => feature === facet)?.[1] ?? 0;
    return [facet, isNews(told, one) ? (alarm.amount ?? 0) : before, alarm.much];
  });
  return [...others, ...now].slice(-FEATURES_MAX);
}

/** The gravest, of these the first in the order in which facets are asked. */
function gravest(all: readonly Bursting[]): Bursting | undefined {
  return all.find(({ alarm }) => alarm.severity !== 'low') ?? all[0];
}

function oneOf(
  all: readonly Bursting[],
  lead: Bursting,
  alarm: FacetAlarm,
  said: string,
): FacetScore {
  const { facet, weight, baseline } = lead;
  const points = Math.max(...all.map((one) => one.points));
  const others = all.filter((one) => one !== lead);
  const score = { facet, points, weight, more: { alarm, baseline } };
  return new WordedScore(score, () => {
    const own = lead.reasons.map((one, at) => (at === 0 ? { ...one, text: one.text + said } : one));
    return [...own, ...others.flatMap(({ reasons }) => [...reasons])];
  });
}

/** How many times the usual calls are with this one, or were within the longest window. */
function callsWith(known: Burst['calls'], all: readonly Bursting[], ms: number): Burst['calls'] {
  const now = all.flatMap(({ alarm }) => (alarm.alike === 'calls' ? [alarm.times ?? 1] : []));
  const before = known !== undefined && Math.abs(ms - known[1]) <= CALLS_MS ? known : undefined;
  return now.length === 0 ? before : [Math.max(before?.[0] ?? 0, ...now), ms];
}

/** What a call raises, with all that is too much at once as one. */
export function oneBurst(
  draft: Draft,
  event: AuditEvent,
  facets: readonly FacetScore[],
): readonly FacetScore[] {
  const all = facets.filter(isBursting);
  const gravestOne = gravest(all);
  if (gravestOne === undefined) return facets;
  const key = agentKey(event, 'burst');
  const chain = shortPrint(workOf(event));
  const ms = epochMs(event.event_time);
  const latest = draft.get<Burst>(key);
  if (!isPartOf(latest, ms, all)) return facets;
  const known = goingOn(latest, { chain, ms }, all);
  const lead = all.find(({ alarm }) => alarm.ruleId === known?.ruleId) ?? gravestOne;
  // The feature itself may go on from another day: this burst is another one all the same.
  const { ruleId, dedupeKey } = known ?? {
    ruleId: lead.alarm.ruleId,
    dedupeKey: `${lead.alarm.dedupeKey}|${chain}`,
  };
  const before = toldBy(known, ms);
  const joins = all.some(({ facet }) => !before.some(([feature]) => feature === facet));
  const told = toldWith(before, all);
  const today = Math.floor(ms / DAY_MS);
  const alarms = all.map(({ alarm }) => alarm);
  const { most = [], before: earlier = [] } = latest ?? {};
  const largestBefore = known === undefined ? largestOf(earlier, most) : earlier;
  const largest = largestOf(known === undefined ? [] : most, amountsOf(alarms, today));
  const calls = callsWith(latest?.calls, all, ms);
  const kept = {
    most: largest,
    ...(largestBefore.length === 0 ? {} : { before: largestBefore }),
    ...(calls && { calls }),
  };
  draft.put(key, { chain, ms, ruleId, dedupeKey, told, ...kept } satisfies Burst);
  const others = known === undefined ? [] : most.filter(([, , day]) => day < today);
  const said = saidBefore(largestOf(largestBefore, others), lead.alarm.ruleId);
  const besides = told.flatMap(([feature, , observed]) =>
    feature === lead.facet || observed === '' ? [] : [observed],
  );
  const also = besides.length === 0 ? '' : ` At the same time: ${besides.join('; ')}.`;
  const { amount, ...words } = lead.alarm;
  const alarm = {
    ...words,
    ...{ ruleId, dedupeKey, same: all.flatMap((one) => sameOf(one.alarm)) },
    // Among others' it counts as the gravest thing of it (`likeness.ts`).
    ...gravestOf(alarms, calls?.[0] ?? 0),
    // Amounts of two features are not to be compared.
    ...(amount !== undefined && ruleId === words.ruleId ? { amount } : {}),
    summary: `${words.summary}${said}${also}`,
    ...(known !== undefined && joins ? { retells: true } : {}),
  };
  return [oneOf(all, lead, alarm, said), ...facets.filter((one) => !isBursting(one))];
}
