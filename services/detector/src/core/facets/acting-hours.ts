/**
 * An unattended effect at an hour of the day (UTC) at which this agent never acted, whatever the day.
 * Hour alone only ranks: people work late. What nobody triggered and nobody approved, far from
 * every hour in which the agent was ever seen, deserves a look.
 *
 * Static rule over learnt hours: ten days and a hundred calls of history (of agents that act for
 * people four and eight), no call within two hours on either side.
 * Limits: times are UTC, so a change of summer time moves habits by an hour (the margin covers it); an
 * agent that acts around the clock has no such hour; peers are not compared, so a first night shift of
 * a whole group is one alert an agent.
 */
import { type AuditEvent, assuranceAtLeast, epochMs, type RegistryAgent } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { deedOf, hadEffect } from '../governance/finding.ts';
import { agentKey } from '../kept/agent-key.ts';
import { shorten } from '../short-text.ts';
import { dateOfDay } from '../volume/block-maxima.ts';
import type { Facet, FacetAlarm, FacetScore } from './facet.ts';
import { agentName } from './value-novelty.ts';

const HOUR_MS = 3_600_000;
const HOURS = 24;
/** Days on which the agent acted, and calls, before its hours are known. */
const SETTLED = { days: 10, calls: 100 } as const;
/** The same of agents that act for people: that nobody asked is odd of them already. */
const SETTLED_FOR_PEOPLE = { days: 4, calls: 8 } as const;
const FOR_PEOPLE: ReadonlySet<string> = new Set(['human_triggered', 'assistive']);
/** Hours on either side that are as good as the hour itself. */
const MARGIN_HOURS = 2;

/** Calls by hour, all of them, days, the last of these and the first; a list, as it is stored. */
type State = readonly [
  hours: readonly number[],
  n: number,
  days: number,
  day: number,
  since: number,
];

const NONE: readonly number[] = new Array<number>(HOURS).fill(0);

function keyOf(event: AuditEvent): string {
  return agentKey(event, 'acted');
}

/** Calls at this hour and the hours around it. */
function near(hours: readonly number[], hour: number): number {
  let sum = 0;
  for (let by = -MARGIN_HOURS; by <= MARGIN_HOURS; by += 1) {
    sum += hours[(hour + by + HOURS) % HOURS] ?? 0;
  }
  return sum;
}

/** Neither asked for by a person nor approved by one, as far as that is proven. */
function isUnattended({
  principal,
  conversation_turn: turn,
  approval,
  claims,
}: AuditEvent): boolean {
  const asked = principal?.type === 'human' && turn !== undefined;
  const approved = approval?.mode === 'human' && assuranceAtLeast(claims.approval, 'authenticated');
  return !asked && !approved;
}

function hourOf(event: AuditEvent): number {
  return Math.floor(epochMs(event.event_time) / HOUR_MS) % HOURS;
}

function alarmOf(event: AuditEvent, [, n, days, , since]: State, hour: number): FacetAlarm {
  const who = agentName(event);
  const at = `${String(hour).padStart(2, '0')}:00 UTC`;
  return {
    kind: 'behavior_deviation',
    ruleId: 'acting-hours',
    severity: 'medium',
    dedupeKey: `acting_hours|${Math.floor(epochMs(event.event_time) / (24 * HOUR_MS))}`,
    title: shorten(`${who} ${deedOf(event)} by itself at ${at}, when it never acts`, 90),
    summary:
      `${who} ${deedOf(event)} around ${at}; no person asked for it in a conversation and none approved it. ` +
      `In ${n} calls on ${days} days since ${dateOfDay(since)} it never acted within ${MARGIN_HOURS} hours of that time.`,
    evidence: [],
    notVisible: ['Peers were not compared: only this agent’s own hours were.'],
    taxonomy: { owasp: ['ASI02'], attack: ['T1029'] },
  };
}

export const actingHours: Facet = {
  name: 'acting_hours',

  score(draft: Draft, event: AuditEvent, registered?: RegistryAgent): FacetScore | null {
    if (event.event_time_quality !== 'measured') return null;
    const state = draft.get<State>(keyOf(event));
    const settled = FOR_PEOPLE.has(registered?.class ?? '') ? SETTLED_FOR_PEOPLE : SETTLED;
    if (state === undefined) return null;
    const [hours, n, days] = state;
    if (days < settled.days || n < settled.calls) return null;
    const hour = hourOf(event);
    const seen = near(hours, hour);
    const p = (seen + 1) / (n + 1);
    const odd = seen === 0 && hadEffect(event) && isUnattended(event);
    return {
      facet: 'acting_hours',
      points: Math.max(0, -Math.log2(Math.min(1, p))),
      weight: 0.01,
      get reasons() {
        return [
          {
            feature: 'acting_hours',
            text: `Acted at hour ${hour} (UTC): ${seen} of ${n} earlier calls lie within ${MARGIN_HOURS} hours of it.`,
            expected: `an hour at which it has acted before (${days} days)`,
            observed: `hour ${hour}`,
            p_value: Number(Math.min(1, p).toPrecision(3)),
            baseline_n: n,
            level: 'agent',
            threshold_source: 'static' as const,
          },
        ];
      },
      ...(odd ? { alarm: alarmOf(event, state, hour) } : {}),
    };
  },

  learn(draft: Draft, event: AuditEvent, flagged: boolean): void {
    if (flagged || event.event_time_quality !== 'measured') return;
    const key = keyOf(event);
    const day = Math.floor(epochMs(event.event_time) / (24 * HOUR_MS));
    const [before, n, days, last, since] = draft.get<State>(key) ?? [NONE, 0, 0, day - 1, day];
    const hours = [...before];
    const hour = hourOf(event);
    hours[hour] = (hours[hour] ?? 0) + 1;
    const next: State = [hours, n + 1, days + (day > last ? 1 : 0), Math.max(day, last), since];
    draft.put(key, next);
  },
};
