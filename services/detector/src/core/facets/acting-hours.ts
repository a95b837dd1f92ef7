/**
 * An unattended effect at an hour of the day (UTC) at which this agent never acted, or on a day of the week
 * that is free of its acts (`known-weekdays.ts`). When alone only ranks: people work late. What nobody triggered and nobody approved, far from
 * every hour in which the agent was ever seen, deserves a look.
 *
 * An hour is known from half a day before: what is done at an hour where nothing was done before waits so long until
 * it counts, else one read would make usual what follows it within seconds, and one every two hours a whole night. A
 * day may be four hours longer than any before (`known-hours.ts`).
 *
 * Static rule over learnt hours: ten days and a hundred calls of history (of agents that act for
 * people four and eight), no call within two hours on either side. Its peer group is asked too: an hour at
 * which a fifth of them acts is none to wonder about, and of an agent with less history one at
 * which none of ten ever did is. The tenant as a whole is not asked, somebody always acts there. What goes on
 * is one alert, and its hours are learnt once it has gone on for a month (`../volume/stretch.ts`).
 *
 * Doubt about what a call is for, or that it lacked a decision, says nothing of when it was made: its hour is learnt as
 * any other. A read at that hour, which hardly anything doubts, would make it known just as well. Nor does a credential
 * that is daily used from a second place: once that was told as a light case for a week, its hours are learnt too, as far
 * as they did not alarm. Else who works there in the afternoon from the first day on is told of each afternoon besides.
 *
 * Method: a static rule over learnt hours and weekdays, of the agent and of its peers. Source: the
 * specification's *unattended effect outside every hour in which agent and peers ever acted*; margins measured
 * on fleets (docs/measurements/fleet.md).
 * A change that was declared in the day before it began makes it usual after a week: until then it is told, and the
 * hours before stay known, so that a declaration hides nothing and takes nothing away.
 *
 * Limits: times are UTC, so a change of summer time moves habits by an hour (the margin covers it); an agent
 * that acts around the clock has no such hour; the first night shift of a whole group is one alert an agent.
 * Peers are not asked about weekdays.
 */
import { type AuditEvent, assuranceAtLeast, type RegistryAgent } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { showsHabit } from '../call-ending.ts';
import { hadEffect } from '../governance/finding.ts';
import { keepKnown, knownOf } from '../kept/known-of-agent.ts';
import { PEERS_MIN } from '../peers/peer-limits.ts';
import { baselineOf, PEER_LEVELS, type Peers, peersOf } from '../peers/peer-snapshots.ts';
import { declaredOnDay } from '../profile/declarations.ts';
import { isFoundRight } from '../profile/found.ts';
import { counted } from '../short-text.ts';
import { firstDayOf, goingOn, isReleased, type Stretch, withAlarm } from '../volume/stretch.ts';
import {
  type ActingState,
  dayOf,
  heldAgainst,
  nothingYet,
  restOf,
  toldOf,
  weekdaysOf,
} from './acting-state.ts';
import {
  actingSame,
  alarmOf,
  hoursOfPeers,
  type OddHour,
  ownHours,
  peersNear,
  weekdayReason,
} from './acting-words.ts';
import { isAskedFor, meetTurn } from './asked-turn.ts';
import { type Chance, type Facet, type FacetScore, type ToldFacet, WordedScore } from './facet.ts';
import {
  HOURS,
  hourOf,
  isUsual,
  lonelyChance,
  MARGIN_HOURS,
  near,
  ripened,
  withCall,
} from './known-hours.ts';
import { type FreeWeekday, freeWeekday, withDay } from './known-weekdays.ts';
import { ownBaseline } from './own-baseline.ts';

/** Days on which the agent acted, and calls, before its hours are known. */
const SETTLED = { days: 10, calls: 100 } as const;
/** The same of agents that act for people: that nobody asked is odd of them already. */
const SETTLED_FOR_PEOPLE = { days: 4, calls: 8 } as const;
const FOR_PEOPLE: ReadonlySet<string> = new Set(['human_triggered', 'assistive']);

/** Days of acting at new hours after which these are usual, where a change was declared that began with them. */
const DECLARED_DAYS = 7;

/** How many peers make an hour usual, and how many must lack one for it to be odd of a young agent. */
const USUAL_SHARE = 0.2;
const USUAL_AGENTS_MIN = 2;
const LACKING_AGENTS_MIN = 10;

/** Neither asked for by a person nor approved by one, as far as that is proven. */
function isUnattended(draft: Draft, event: AuditEvent): boolean {
  const { approval, claims } = event;
  const approved = approval?.mode === 'human' && assuranceAtLeast(claims.approval, 'authenticated');
  return !approved && !isAskedFor(draft, event);
}

function stateOf(draft: Draft, event: AuditEvent): ActingState {
  const state = knownOf<ActingState>(draft, event, 'acted');
  if (state === undefined) return nothingYet(event);
  const hours = ripened(state[0], event);
  if (hours === state[0]) return state;
  const [, ...rest] = state;
  return [hours, ...rest];
}

/** What `score` looked up, for the `learn` that follows: nothing of it is put in between. */
let scored:
  | { readonly draft: Draft; readonly event: AuditEvent; readonly state: ActingState }
  | undefined;

function stateToLearn(draft: Draft, event: AuditEvent): ActingState {
  const known = scored;
  scored = undefined;
  return known?.event === event && known.draft === draft ? known.state : stateOf(draft, event);
}

function freeNow(state: ActingState, event: AuditEvent): FreeWeekday | undefined {
  return freeWeekday(weekdaysOf(state), {
    day: dayOf(event),
    hour: hourOf(event),
    last: state[3],
  });
}

/** The group of its own, where one is known; not the tenant. */
function groupOf(
  draft: Draft,
  event: AuditEvent,
  asked: { readonly registered: RegistryAgent | undefined; readonly agentsMin: number },
): Peers | undefined {
  const peers = peersOf(draft, event, {
    registered: asked.registered,
    knows: ({ agents, hours }) => agents >= asked.agentsMin && hours.some((one) => one > 0),
  });
  return peers?.level === PEER_LEVELS.group ? peers : undefined;
}

/** Of an act at an hour that is new to it. */
function judgeHour(
  draft: Draft,
  event: AuditEvent,
  of: {
    readonly hour: number;
    readonly registered?: RegistryAgent | undefined;
    readonly isYoung: boolean;
  },
): OddHour | undefined {
  const { hour, registered, isYoung } = of;
  const peers = groupOf(draft, event, {
    registered,
    agentsMin: isYoung ? LACKING_AGENTS_MIN : PEERS_MIN,
  });
  const acting = peers === undefined ? 0 : peersNear(peers, hour);
  if (isYoung) {
    return peers !== undefined && acting === 0 ? { isOdd: true, isYoung, peers } : undefined;
  }
  const usual = Math.max(USUAL_AGENTS_MIN, USUAL_SHARE * (peers?.snapshot.agents ?? 0));
  return { isOdd: acting < usual, isYoung, peers };
}

/** Undefined while neither the agent nor its group knows enough. */
function judge(
  draft: Draft,
  event: AuditEvent,
  of: {
    readonly state: ActingState;
    readonly hour: number;
    readonly registered?: RegistryAgent | undefined;
  },
): OddHour | undefined {
  const { state, hour, registered } = of;
  const [hours, n, days] = state;
  const settled = FOR_PEOPLE.has(registered?.class ?? '') ? SETTLED_FOR_PEOPLE : SETTLED;
  const isYoung = days < settled.days || n < settled.calls;
  const free = isYoung ? undefined : freeNow(state, event);
  const isNew = !isUsual(hours, hour);
  const acts = (isNew || free !== undefined) && hadEffect(event) && isUnattended(draft, event);
  if (!acts) return isYoung ? undefined : { isOdd: false, isYoung, peers: undefined };
  const odd = isNew ? judgeHour(draft, event, { hour, registered, isYoung }) : undefined;
  if (odd?.isOdd === true || free === undefined) return odd;
  return { isOdd: true, isYoung, peers: undefined, free };
}

/** For a month, or a week since a change that was declared as it began. */
function hasAged(draft: Draft, event: AuditEvent, told: Stretch | undefined): boolean {
  const day = dayOf(event);
  if (told === undefined || day - told.since < DECLARED_DAYS) return false;
  return isReleased(told, day) || declaredOnDay(draft, event, told.since) !== undefined;
}

/** Whether people found it right: then no age makes it normal. */
function isHeld(draft: Draft, event: AuditEvent, state: ActingState): boolean {
  return [undefined, freeNow(state, event)].some((free) =>
    isFoundRight(draft, event, actingSame(hourOf(event), free)),
  );
}

function baselineFor(event: AuditEvent, state: ActingState, leaning: Peers | undefined) {
  if (leaning !== undefined) return baselineOf(leaning, leaning.snapshot.agents);
  const day = dayOf(event);
  return ownBaseline({ sinceDay: state[4], day, n: heldAgainst(state, day).calls });
}

export const actingHours: Facet = {
  name: 'acting_hours',
  learnsDoubtful: true,
  isOfTime: true,

  score(draft: Draft, event: AuditEvent, registered?: RegistryAgent): FacetScore | null {
    if (event.event_time_quality !== 'measured') return null;
    const state = stateOf(draft, event);
    scored = { draft, event, state };
    const hour = hourOf(event);
    const judged = judge(draft, event, { state, hour, registered });
    if (judged === undefined) return null;
    const [hours, n] = state;
    const { isOdd, isYoung, peers, free } = judged;
    const seen = near(hours, hour);
    const points = -Math.log2(Math.min(1, (seen + 1) / (n + 1)));
    const leaning = isYoung ? peers : undefined;
    const first = firstDayOf(toldOf(state), dayOf(event));
    const score = {
      facet: 'acting_hours',
      points: Math.max(0, points),
      weight: 0.01,
      more: isOdd
        ? {
            alarm: alarmOf(event, state, {
              ...judged,
              hour,
              declared: declaredOnDay(draft, event, first),
            }),
            baseline: baselineFor(event, state, leaning),
          }
        : undefined,
    };
    if (free !== undefined) return new WordedScore(score, () => [weekdayReason(free)]);
    return new WordedScore(score, () => [
      {
        feature: 'acting_hours',
        text: `Acted at hour ${hour} (UTC): ${seen} of ${counted(heldAgainst(state, dayOf(event)).calls, 'earlier call')} that are counted lie within ${MARGIN_HOURS} hours of it.`,
        observed: `hour ${hour}`,
        ...(leaning === undefined
          ? ownHours(event, state, lonelyChance(hours, hour))
          : hoursOfPeers(leaning, hour)),
        threshold_source: 'static',
      },
    ]);
  },

  learn(draft: Draft, event: AuditEvent, flagged: boolean): void {
    if (event.event_time_quality !== 'measured') return;
    const day = dayOf(event);
    meetTurn(draft, event);
    const state = stateToLearn(draft, event);
    const before = state[0];
    const n = state[1];
    const days = state[2];
    const last = state[3];
    const since = state[4];
    const hour = hourOf(event);
    const on = goingOn(toldOf(state), day);
    const isOdd = flagged && (!isUsual(before, hour) || freeNow(state, event) !== undefined);
    const isTold = isOdd && hadEffect(event) && isUnattended(draft, event);
    const told = isTold ? withAlarm(on, day) : on;
    const weekdays = weekdaysOf(state);
    const isNormal = isTold && hasAged(draft, event, told) && !isHeld(draft, event, state);
    // A denied call at night makes no night usual; what was alarmed on has its own, longer way.
    if (!flagged && !showsHabit(event)) return;
    if (flagged && !isNormal) {
      if (isTold)
        keepKnown(draft, event, 'acted', [before, n, days, last, since, ...restOf(told, weekdays)]);
      return;
    }
    const hours = withCall(before, event);
    const rest = restOf(told, withDay(weekdays, day, last));
    const later = Math.max(day, last);
    keepKnown(draft, event, 'acted', [
      hours,
      n + 1,
      days + (day > last ? 1 : 0),
      later,
      since,
      ...rest,
    ]);
  },

  chances(draft: Draft, event: AuditEvent): readonly Chance[] {
    if (event.event_time_quality !== 'measured') return [];
    const state = stateOf(draft, event);
    const [hours, n, days] = state;
    if (days < SETTLED.days || n < SETTLED.calls) return [];
    const hour = lonelyChance(hours, hourOf(event));
    const free = freeNow(state, event);
    return [
      { feature: 'acting_hours', probability: hour, per: 'call' },
      // It would have to be the one week of all in which the agent acts on that day.
      { feature: 'acting_weekday', probability: 1 / (1 + (free?.passed ?? 0)), per: 'day' },
    ];
  },

  tell(draft: Draft, event: AuditEvent): ToldFacet {
    const [hours] = stateOf(draft, event);
    return {
      counts: hours
        .slice(0, HOURS)
        .flatMap((n, hour) => (n > 0 ? [[String(hour), n] as const] : [])),
    };
  },
};
