/** How acting when an agent never acts is told: at an hour of the day, or on a day of the week. */
import type { AlertReason, AuditEvent } from '@waywarden/schemas';
import { deedOf } from '../governance/finding.ts';
import { LEANING_NOTE, type Peers } from '../peers/peer-snapshots.ts';
import { counted, listOf, shorten } from '../short-text.ts';
import { dateOfDay } from '../volume/block-maxima.ts';
import { firstDayOf } from '../volume/stretch.ts';
import { type ActingState, dayOf, heldAgainst, toldOf } from './acting-state.ts';
import type { FacetAlarm } from './facet.ts';
import { HOURS, MARGIN_HOURS } from './known-hours.ts';
import { type FreeWeekday, WHOLE_MONTH } from './known-weekdays.ts';
import { LASTING } from './novelty-surprise.ts';
import { agentName } from './novelty-words.ts';

const DECLARED_LENGTH_MAX = 40;

/** How many of the group act at this hour or around it: as many as in the busiest of these at least. */
export function peersNear({ snapshot }: Peers, hour: number): number {
  const around = Array.from({ length: 2 * MARGIN_HOURS + 1 }, (_, at) => at - MARGIN_HOURS);
  return Math.max(...around.map((by) => snapshot.hours[(hour + by + HOURS) % HOURS] ?? 0));
}

export interface OddHour {
  readonly isOdd: boolean;
  readonly isYoung: boolean;
  readonly peers: Peers | undefined;
  /** It is the weekday that is odd. */
  readonly free?: FreeWeekday;
}

/** The hour of the act, and what was declared when acts at new hours began. */
interface Acted extends OddHour {
  readonly hour: number;
  readonly declared: string | undefined;
}

type Told = Pick<FacetAlarm, 'severity' | 'title' | 'summary' | 'notVisible'>;

const declaredSaid = (declared: string | undefined): string =>
  declared === undefined
    ? ''
    : ` A change was declared as that began (${shorten(declared, DECLARED_LENGTH_MAX)}): after a week of it it is usual.`;

function hourWords(
  event: AuditEvent,
  state: ActingState,
  { hour, peers, isYoung, declared }: Acted,
): Told {
  const { calls, days } = heldAgainst(state, dayOf(event));
  const [, , , , since] = state;
  const first = firstDayOf(toldOf(state), dayOf(event));
  const isGoingOn = first < dayOf(event);
  const never = isGoingOn ? `new since ${dateOfDay(first)}` : 'when it never acts';
  const before = isGoingOn
    ? `; since ${dateOfDay(first)} it acts when it did not before, which was alarmed on and is not counted`
    : '';
  const who = agentName(event);
  const others =
    peers === undefined ? '' : ` Of ${peers.snapshot.agents} peers ${peersNear(peers, hour)} did.`;
  const at = `${String(hour).padStart(2, '0')}:00 UTC`;
  return {
    severity: 'medium',
    title: shorten(`${who} ${deedOf(event)} by itself at ${at}, ${never}`, 90),
    summary:
      `${who} ${deedOf(event)} around ${at}; no person asked for it in a conversation and none approved it. ` +
      `In the ${counted(calls, 'call')} counted since ${dateOfDay(since)} (${counted(days, 'day')} before this one, and this one) it never acted within ${MARGIN_HOURS} hours of that time${before}.${others}${declaredSaid(declared)}`,
    notVisible:
      peers === undefined
        ? ['Peers were not compared: too little is known of this agent’s group.']
        : isYoung
          ? [LEANING_NOTE]
          : [],
  };
}

function weekdayWords(
  event: AuditEvent,
  { name, passed, sinceDay, others }: FreeWeekday,
  declared: string | undefined,
): Told {
  const who = agentName(event);
  const isShort = passed < WHOLE_MONTH;
  return {
    severity: isShort ? 'low' : 'medium',
    title: shorten(`${who} ${deedOf(event)} by itself on a ${name}, when it never acts`, 90),
    summary:
      `${who} ${deedOf(event)} on a ${name} (UTC); no person asked for it in a conversation and none approved it. ` +
      `On none of ${passed} ${name}s since ${dateOfDay(sinceDay)} did it act; it acts on ${listOf(others)}.${declaredSaid(declared)}`,
    notVisible: [
      'Whether its peers act on that day of the week was not compared.',
      ...(isShort ? ['Work of one such day in a month would not have been met yet.'] : []),
    ],
  };
}

/** What a verdict on its alert is about: this hour, or this day of the week. */
export function actingSame(hour: number, free: Pick<FreeWeekday, 'name'> | undefined): string {
  return `acting_hours|${free?.name ?? hour}`;
}

export function alarmOf(event: AuditEvent, state: ActingState, odd: Acted): FacetAlarm {
  return {
    kind: 'behavior_deviation',
    ruleId: 'acting-hours',
    isLasting: LASTING.has(event.effect),
    same: [[actingSame(odd.hour, odd.free), 0]],
    dedupeKey: `acting_hours|${firstDayOf(toldOf(state), dayOf(event))}`,
    day: dayOf(event),
    evidence: [],
    taxonomy: { owasp: ['ASI02'], attack: ['T1029'] },
    ...(odd.free === undefined
      ? hourWords(event, state, odd)
      : weekdayWords(event, odd.free, odd.declared)),
  };
}

/**
 * What the reason says where the agent's own hours decide. Without a threshold: what alarms is that nothing is near,
 * however many other hours are as lonely.
 */
export function ownHours(event: AuditEvent, state: ActingState, p: number) {
  const { calls, days } = heldAgainst(state, dayOf(event));
  return {
    expected: `an hour at which it has acted before (${counted(days, 'day')})`,
    p_value: Number(Math.min(1, p).toPrecision(3)),
    baseline_n: calls,
    level: 'agent',
  } as const;
}

/** The same where its peers' decide. */
export function hoursOfPeers(peers: Peers, hour: number) {
  const { agents } = peers.snapshot;
  return {
    expected: `an hour at which one of ${agents} peers acts`,
    p_value: Number(((peersNear(peers, hour) + 1) / (agents + 1)).toPrecision(3)),
    threshold: Number((1 / (agents + 1)).toPrecision(3)),
    baseline_n: agents,
    level: peers.level,
  } as const;
}

/** The reason where it is the weekday; how often an agent begins a new one is not known, so it has no probability. */
export function weekdayReason({ name, passed, others }: FreeWeekday): AlertReason {
  return {
    feature: 'acting_hours',
    text: `Acted on a ${name} (UTC), on none of ${passed} before.`,
    observed: name,
    expected: `a day of the week on which it has acted before (${listOf(others)})`,
    threshold_source: 'static',
    baseline_n: passed,
    level: 'agent',
  };
}
