/**
 * An unasked effect at an hour (UTC) around which neither the agent nor its group ever acted (Good–Turing). Limit:
 * who acts around the clock has no such hour.
 */
import {
  type AuditEvent,
  assuranceAtLeast,
  epochMs,
  type RegistryAgent,
  shortPrint,
} from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import type { Score } from '../../alerting/alarm.ts';
import { hadEffect } from '../../alerting/finding.ts';
import { isTruePositive } from '../../alerting/verdicts.ts';
import { showsHabit } from '../../domain/call-ending.ts';
import { DAYS_KNOWN_MIN, dayOf, HOUR_MS, HOURS_A_DAY } from '../../domain/day.ts';
import { PRINT_48 } from '../../domain/record-table.ts';
import { RULE_SEVERITIES } from '../../domain/severities.ts';
import { knownOf, storeKnown } from '../../state/agent/agent-key.ts';
import { actingHoursReasonWords, actingHoursWords } from '../../wording/acting-hours.ts';
import {
  type Feature,
  type Flag,
  ownBaseline,
  type SharedBaseline,
  USUAL_AFTER_DAYS,
} from '../feature.ts';
import { peersOf } from '../peers/peer-snapshots.ts';

const STALE_MS = 12 * HOUR_MS;
const TURNS_MAX = 32;

type Turns = readonly (readonly [turn: string, sinceMs: number])[];

function turnOf({ principal, conversation_id: conversation, conversation_turn: turn }: AuditEvent) {
  if (principal?.type !== 'human' || turn === undefined) return undefined;
  return shortPrint(`${conversation ?? ''}|${turn}`, PRINT_48);
}

const turnsOf = (transaction: Transaction, event: AuditEvent) =>
  knownOf<Turns>(transaction, event, 'turns') ?? [];

/** Whether a person asked for a call: its turn began within half a day. */
function isAskedFor(transaction: Transaction, event: AuditEvent): boolean {
  const turn = turnOf(event);
  if (turn === undefined) return false;
  const since = turnsOf(transaction, event).find(([one]) => one === turn)?.[1];
  return since === undefined || epochMs(event.event_time) - since <= STALE_MS;
}

function meetTurn(transaction: Transaction, event: AuditEvent): void {
  const turn = turnOf(event);
  if (turn === undefined) return;
  const turns = turnsOf(transaction, event);
  if (turns.some(([one]) => one === turn)) return;
  const own = [turn, epochMs(event.event_time)] as const;
  storeKnown(transaction, event, 'turns', [...turns.slice(1 - TURNS_MAX), own]);
}

/** No call within so many hours on either side. */
const MARGIN_HOURS = 2;
const DAYS_MIN = 6;
const CALLS_MIN = 30;
/** At or below it an agent keeps to its hours. */
const NEW_HOUR_CHANCE_MAX = 0.05;
/** Agents of its group that act at an hour make it usual. */
const PEERS_ACTING_MIN = 2;

interface Hours {
  readonly own: readonly number[];
  readonly any: readonly number[];
  readonly n: number;
  readonly since: number;
  readonly active: number;
  readonly day: number;
  readonly ownToday: number;
  readonly anyToday: number;
  /** First day of what alarmed and goes on. */
  readonly oddSince?: number;
}

const hourOf = (event: AuditEvent) => Math.floor(epochMs(event.event_time) / HOUR_MS) % HOURS_A_DAY;

const NO_HOURS: readonly number[] = Array.from({ length: HOURS_A_DAY }, () => 0);
const nothing = (day: number): Hours => ({
  ...{ own: NO_HOURS, any: NO_HOURS, n: 0, since: day, active: 0, day, ownToday: 0, anyToday: 0 },
});

const withDay = (days: readonly number[], today: number) =>
  today === 0 ? days : days.map((count, hour) => count + ((today >> hour) & 1));

function hoursAt(transaction: Transaction, event: AuditEvent): Hours {
  const day = dayOf(event);
  const before = knownOf<Hours>(transaction, event, 'hours') ?? nothing(day);
  if (day <= before.day) return before;
  return {
    ...before,
    own: withDay(before.own, before.ownToday),
    any: withDay(before.any, before.anyToday),
    ...{ day, ownToday: 0, anyToday: 0 },
    active: before.active + (before.anyToday === 0 ? 0 : 1),
  };
}

/** A person's calls at night say nothing of it. */
const comparedOf = ({ own, any }: Hours) => (Math.max(...own) >= DAYS_KNOWN_MIN ? own : any);

function around(hours: readonly number[], hour: number): number {
  let most = 0;
  for (let by = -MARGIN_HOURS; by <= MARGIN_HOURS; by += 1) {
    most = Math.max(most, hours[(hour + by + HOURS_A_DAY) % HOURS_A_DAY] ?? 0);
  }
  return most;
}

/** Good and Turing's estimate: who came to many hours once comes to others. */
function keepsHours(hours: readonly number[]): boolean {
  const once = hours.filter((days) => days === 1).length;
  return once <= NEW_HOUR_CHANCE_MAX * hours.reduce((sum, days) => sum + days, 0);
}

function isUnattended(transaction: Transaction, event: AuditEvent): boolean {
  const { approval, claims } = event;
  const isApproved =
    approval?.mode === 'human' && assuranceAtLeast(claims.approval, 'authenticated');
  return !isApproved && !isAskedFor(transaction, event);
}

function isOdd(
  transaction: Transaction,
  event: AuditEvent,
  hours: Hours,
  registered: RegistryAgent | undefined,
): boolean {
  const { n, active } = hours;
  if (active < DAYS_MIN || n < CALLS_MIN || !hadEffect(event)) return false;
  const hour = hourOf(event);
  const compared = comparedOf(hours);
  if (around(compared, hour) > 0 || !keepsHours(compared)) return false;
  if (!isUnattended(transaction, event)) return false;
  const peers = peersOf(transaction, event, {
    registered,
    knows: (snapshot) => snapshot.hours.some((one) => one > 0),
  });
  if (peers?.level !== 'peer group') return true;
  return around(peers.snapshot.hours, hour) < PEERS_ACTING_MIN;
}

const sameOf = (hour: number) => `acting_hours|${hour}`;

function scoreOf(event: AuditEvent, { n, active, since }: Hours): Score {
  const hour = hourOf(event);
  const history = { n, active, sinceDay: since, marginHours: MARGIN_HOURS };
  return {
    feature: 'acting_hours',
    points: Math.log2(1 + active),
    weight: 0.01,
    reasons: () => [
      {
        feature: 'acting_hours',
        ...actingHoursReasonWords(hour, history),
        p_value: 1 / (1 + active),
        baseline_n: n,
        level: 'agent',
        threshold_source: 'static',
      },
    ],
    baseline: ownBaseline({ sinceDay: since, day: dayOf(event), n }),
    alarm: {
      kind: 'behavior_deviation',
      ruleId: 'acting-hours',
      severity: RULE_SEVERITIES['acting-hours'].plain,
      dedupeKey: 'acting_hours',
      ...actingHoursWords(event, hour, history),
      evidence: [],
      notVisible: [],
      taxonomy: { owasp: ['ASI02'], attack: ['T1029'] },
      grouping: { amounts: [[sameOf(hour), 0]] },
    },
  };
}

export const actingHours: Feature = {
  name: 'acting_hours',

  score(transaction: Transaction, event: AuditEvent, registered?: RegistryAgent): Score | null {
    if (event.event_time_quality !== 'measured') return null;
    const hours = hoursAt(transaction, event);
    return isOdd(transaction, event, hours, registered) ? scoreOf(event, hours) : null;
  },

  learn(transaction: Transaction, event: AuditEvent, flag: Flag): void {
    if (event.event_time_quality !== 'measured') return;
    meetTurn(transaction, event);
    if (!showsHabit(event)) return;
    const hours = hoursAt(transaction, event);
    const hour = hourOf(event);
    const isNew = around(comparedOf(hours), hour) === 0 && hours.active >= DAYS_MIN;
    if (flag === 'flagged' && isNew) {
      const oddSince = hours.oddSince ?? hours.day;
      const isUsual =
        hours.day - oddSince >= USUAL_AFTER_DAYS &&
        !isTruePositive(transaction, event, sameOf(hour));
      if (!isUsual) {
        storeKnown(transaction, event, 'hours', { ...hours, oddSince } satisfies Hours);
        return;
      }
    }
    const bit = 1 << hour;
    const { n, ownToday, anyToday } = hours;
    storeKnown(transaction, event, 'hours', {
      ...hours,
      n: n + 1,
      ownToday: isUnattended(transaction, event) ? ownToday | bit : ownToday,
      anyToday: anyToday | bit,
    } satisfies Hours);
  },

  share(transaction: Transaction, event: AuditEvent): SharedBaseline {
    const { any: days = [] } = knownOf<Hours>(transaction, event, 'hours') ?? {};
    return { counts: days.flatMap((n, hour) => (n > 0 ? [[String(hour), n] as const] : [])) };
  },
};
