/**
 * An unattended effect at an hour of the day (UTC) at which this agent never acted, whatever the day.
 * Hour alone only ranks: people work late. What nobody triggered and nobody approved, far from
 * every hour in which the agent was ever seen, deserves a look.
 *
 * An hour is known from half a day before: what is done at an hour where nothing was done before waits so long until
 * it counts, else one read would make usual what follows it within seconds. At and beside hours that are
 * known it counts at once, so that long days don't alarm.
 *
 * Static rule over learnt hours: ten days and a hundred calls of history (of agents that act for
 * people four and eight), no call within two hours on either side. Its peer group is asked too: an hour at
 * which a fifth of them acts is none to wonder about, and of an agent with less history one at
 * which none of ten ever did is. The tenant as a whole is not asked, somebody always acts there. What goes on
 * is one alert, and its hours are learnt once it has gone on for a month (`../volume/stretch.ts`).
 * Limits: times are UTC, so a change of summer time moves habits by an hour (the margin covers it); an
 * agent that acts around the clock has no such hour; the first night shift of a whole group is one alert an
 * agent.
 */
import { type AuditEvent, assuranceAtLeast, epochMs, type RegistryAgent } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { deedOf, hadEffect } from '../governance/finding.ts';
import { agentKey } from '../kept/agent-key.ts';
import { PEERS_MIN } from '../peers/peer-limits.ts';
import {
  baselineOf,
  LEANING_NOTE,
  PEER_LEVELS,
  type Peers,
  peersOf,
} from '../peers/peer-snapshots.ts';
import { counted, shorten } from '../short-text.ts';
import { dateOfDay } from '../volume/block-maxima.ts';
import { firstDayOf, goingOn, isReleased, type Stretch, withAlarm } from '../volume/stretch.ts';
import { isAskedFor, meetTurn } from './asked-turn.ts';
import {
  type Facet,
  type FacetAlarm,
  type FacetScore,
  type ToldFacet,
  WordedScore,
} from './facet.ts';
import { HOURS, hourOf, MARGIN_HOURS, NO_HOURS, near, ripened, withCall } from './known-hours.ts';
import { LASTING } from './novelty-surprise.ts';
import { agentName } from './novelty-words.ts';
import { ownBaseline } from './own-baseline.ts';

const HOUR_MS = 3_600_000;
/** Days on which the agent acted, and calls, before its hours are known. */
const SETTLED = { days: 10, calls: 100 } as const;
/** The same of agents that act for people: that nobody asked is odd of them already. */
const SETTLED_FOR_PEOPLE = { days: 4, calls: 8 } as const;
const FOR_PEOPLE: ReadonlySet<string> = new Set(['human_triggered', 'assistive']);

/** How many peers make an hour usual, and how many must lack one for it to be odd of a young agent. */
const USUAL_SHARE = 0.2;
const USUAL_AGENTS_MIN = 2;
const LACKING_AGENTS_MIN = 10;

/**
 * Calls by hour, and behind these 24 the hours (since 1970) that wait until they are known; all calls, days, the
 * last of these and the first; a list, as it is stored.
 */
type State = readonly [
  hours: readonly number[],
  n: number,
  days: number,
  day: number,
  since: number,
  /** First and latest day of what alarmed and goes on; left out where nothing did, and by earlier versions. */
  ...told: readonly number[],
];

const toldOf = ([, , , , , since, last]: State): Stretch | undefined =>
  since === undefined || last === undefined ? undefined : { since, last };

function keyOf(event: AuditEvent): string {
  return agentKey(event, 'acted');
}

/** Neither asked for by a person nor approved by one, as far as that is proven. */
function isUnattended(draft: Draft, event: AuditEvent): boolean {
  const { approval, claims } = event;
  const approved = approval?.mode === 'human' && assuranceAtLeast(claims.approval, 'authenticated');
  return !approved && !isAskedFor(draft, event);
}

const dayOf = (event: AuditEvent) => Math.floor(epochMs(event.event_time) / (24 * HOUR_MS));

function nothingYet(event: AuditEvent): State {
  const day = dayOf(event);
  return [NO_HOURS, 0, 0, day - 1, day];
}

function stateOf(draft: Draft, event: AuditEvent): State {
  const state = draft.get<State>(keyOf(event));
  if (state === undefined) return nothingYet(event);
  const hours = ripened(state[0], event);
  if (hours === state[0]) return state;
  const [, ...rest] = state;
  return [hours, ...rest];
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

/** How many of the group act at this hour or around it: as many as in the busiest of these at least. */
function peersNear({ snapshot }: Peers, hour: number): number {
  const around = Array.from({ length: 2 * MARGIN_HOURS + 1 }, (_, at) => at - MARGIN_HOURS);
  return Math.max(...around.map((by) => snapshot.hours[(hour + by + HOURS) % HOURS] ?? 0));
}

interface OddHour {
  readonly isOdd: boolean;
  readonly isYoung: boolean;
  readonly peers: Peers | undefined;
}

/** Undefined while neither the agent nor its group knows enough. */
function judgeHour(
  draft: Draft,
  event: AuditEvent,
  of: {
    readonly state: State;
    readonly hour: number;
    readonly registered?: RegistryAgent | undefined;
  },
): OddHour | undefined {
  const { state, hour, registered } = of;
  const [hours, n, days] = state;
  const settled = FOR_PEOPLE.has(registered?.class ?? '') ? SETTLED_FOR_PEOPLE : SETTLED;
  const isYoung = days < settled.days || n < settled.calls;
  const acts = near(hours, hour) === 0 && hadEffect(event) && isUnattended(draft, event);
  if (!acts) return isYoung ? undefined : { isOdd: false, isYoung, peers: undefined };
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

function alarmOf(
  event: AuditEvent,
  state: State,
  { hour, peers, isYoung }: OddHour & { readonly hour: number },
): FacetAlarm {
  const [, n, days, , since] = state;
  const who = agentName(event);
  const others =
    peers === undefined ? '' : ` Of ${peers.snapshot.agents} peers ${peersNear(peers, hour)} did.`;
  const at = `${String(hour).padStart(2, '0')}:00 UTC`;
  return {
    kind: 'behavior_deviation',
    ruleId: 'acting-hours',
    severity: 'medium',
    isLasting: LASTING.has(event.effect),
    dedupeKey: `acting_hours|${firstDayOf(toldOf(state), dayOf(event))}`,
    day: dayOf(event),
    title: shorten(`${who} ${deedOf(event)} by itself at ${at}, when it never acts`, 90),
    summary:
      `${who} ${deedOf(event)} around ${at}; no person asked for it in a conversation and none approved it. ` +
      `In ${counted(n, 'call')} on ${counted(days, 'day')} since ${dateOfDay(since)} it never acted within ${MARGIN_HOURS} hours of that time.${others}`,
    evidence: [],
    notVisible:
      peers === undefined
        ? ['Peers were not compared: too little is known of this agent’s group.']
        : isYoung
          ? [LEANING_NOTE]
          : [],
    taxonomy: { owasp: ['ASI02'], attack: ['T1029'] },
  };
}

/** What the reason says where the agent's own hours decide; nothing near is what alarms. */
function ownHours([, n, days]: State, p: number) {
  return {
    expected: `an hour at which it has acted before (${counted(days, 'day')})`,
    p_value: Number(Math.min(1, p).toPrecision(3)),
    threshold: Number((1 / (n + 1)).toPrecision(3)),
    baseline_n: n,
    level: 'agent',
  } as const;
}

/** The same where its peers' decide. */
function hoursOfPeers(peers: Peers, hour: number) {
  const { agents } = peers.snapshot;
  return {
    expected: `an hour at which one of ${agents} peers acts`,
    p_value: Number(((peersNear(peers, hour) + 1) / (agents + 1)).toPrecision(3)),
    threshold: Number((1 / (agents + 1)).toPrecision(3)),
    baseline_n: agents,
    level: peers.level,
  } as const;
}

function baselineFor(event: AuditEvent, [, n, , , sinceDay]: State, leaning: Peers | undefined) {
  if (leaning !== undefined) return baselineOf(leaning, leaning.snapshot.agents);
  return ownBaseline({ sinceDay, day: dayOf(event), n });
}

export const actingHours: Facet = {
  name: 'acting_hours',

  score(draft: Draft, event: AuditEvent, registered?: RegistryAgent): FacetScore | null {
    if (event.event_time_quality !== 'measured') return null;
    const state = stateOf(draft, event);
    const hour = hourOf(event);
    const judged = judgeHour(draft, event, { state, hour, registered });
    if (judged === undefined) return null;
    const [hours, n] = state;
    const { isOdd, isYoung, peers } = judged;
    const seen = near(hours, hour);
    const p = (seen + 1) / (n + 1);
    const leaning = isYoung ? peers : undefined;
    const score = {
      facet: 'acting_hours',
      points: Math.max(0, -Math.log2(Math.min(1, p))),
      weight: 0.01,
      ...(isOdd ? { alarm: alarmOf(event, state, { ...judged, hour }) } : {}),
      ...(isOdd ? { baseline: baselineFor(event, state, leaning) } : {}),
    };
    return new WordedScore(score, () => [
      {
        feature: 'acting_hours',
        text: `Acted at hour ${hour} (UTC): ${seen} of ${counted(n, 'earlier call')} lie within ${MARGIN_HOURS} hours of it.`,
        observed: `hour ${hour}`,
        ...(leaning === undefined ? ownHours(state, p) : hoursOfPeers(leaning, hour)),
        threshold_source: 'static',
      },
    ]);
  },

  learn(draft: Draft, event: AuditEvent, flagged: boolean): void {
    if (event.event_time_quality !== 'measured') return;
    const key = keyOf(event);
    const day = dayOf(event);
    meetTurn(draft, event);
    const state = stateOf(draft, event);
    const [before, n, days, last, since] = state;
    const hour = hourOf(event);
    const on = goingOn(toldOf(state), day);
    const isTold =
      flagged && near(before, hour) === 0 && hadEffect(event) && isUnattended(draft, event);
    const told = isTold ? withAlarm(on, day) : on;
    const kept = told === undefined ? [] : ([told.since, told.last] as const);
    if (flagged && !(isTold && isReleased(told, day))) {
      if (isTold) draft.put(key, [before, n, days, last, since, ...kept]);
      return;
    }
    const next: State = [
      ...([
        withCall(before, event),
        n + 1,
        days + (day > last ? 1 : 0),
        Math.max(day, last),
        since,
      ] as const),
      ...kept,
    ];
    draft.put(key, next);
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
