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
import { shorten } from '../short-text.ts';
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

interface State {
  /** Calls by hour. */
  readonly hours: readonly number[];
  readonly n: number;
  readonly days: number;
  readonly day: number;
  readonly since: string;
}

const NONE: readonly number[] = new Array<number>(HOURS).fill(0);

function keyOf(event: AuditEvent): string {
  return `hours|${event.tenant_id}|${event.agent.uid}`;
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

function alarmOf(event: AuditEvent, state: State, hour: number): FacetAlarm {
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
      `In ${state.n} calls on ${state.days} days since ${state.since.slice(0, 10)} it never acted within ${MARGIN_HOURS} hours of that time.`,
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
    if (state === undefined || state.days < settled.days || state.n < settled.calls) return null;
    const hour = hourOf(event);
    const seen = near(state.hours, hour);
    const p = (seen + 1) / (state.n + 1);
    const odd = seen === 0 && hadEffect(event) && isUnattended(event);
    return {
      facet: 'acting_hours',
      points: Math.max(0, -Math.log2(Math.min(1, p))),
      weight: 0.01,
      get reasons() {
        return [
          {
            feature: 'acting_hours',
            text: `Acted at hour ${hour} (UTC): ${seen} of ${state.n} earlier calls lie within ${MARGIN_HOURS} hours of it.`,
            expected: `an hour at which it has acted before (${state.days} days)`,
            observed: `hour ${hour}`,
            p_value: Number(Math.min(1, p).toPrecision(3)),
            baseline_n: state.n,
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
    const state = draft.get<State>(key);
    const day = Math.floor(epochMs(event.event_time) / (24 * HOUR_MS));
    const hours = [...(state?.hours ?? NONE)];
    const hour = hourOf(event);
    hours[hour] = (hours[hour] ?? 0) + 1;
    const isNewDay = state === undefined || day > state.day;
    draft.put(key, {
      hours,
      n: (state?.n ?? 0) + 1,
      days: (state?.days ?? 0) + (isNewDay ? 1 : 0),
      day: isNewDay ? day : state.day,
      since: state?.since ?? event.event_time,
    });
  },
};
