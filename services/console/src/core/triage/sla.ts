/**
 * Clocks of an alert: how long it may take until a person first touches it, and until it is closed, by its severity. A clock
 * begins when the alert is raised, or when new evidence reopens it; withdrawn and suppressed alerts and hygiene
 * findings have none. Acts of programs by an account's token count as that account's.
 */
import { durationMs, epochMs, formatLogTime, SEVERITIES, type Severity } from '@waywarden/schemas';
import { z } from 'zod';
import type { BoardEntry } from './triage-board.ts';

const span = z.string().regex(/^\d{1,5}[mhd]$/, 'minutes, hours or days, as 15m, 4h or 3d');
const target = z.strictObject({ touch: span, close: span });

/** The file of `--sla`; a severity that is left out keeps its default, `null` has no clock. */
export const slaSettings = z.strictObject({
  critical: target.nullable().default({ touch: '15m', close: '4h' }),
  high: target.nullable().default({ touch: '1h', close: '1d' }),
  medium: target.nullable().default({ touch: '8h', close: '3d' }),
  low: target.nullable().default({ touch: '3d', close: '14d' }),
  info: target.nullable().default(null),
});
export type SlaSettings = z.infer<typeof slaSettings>;

export interface SlaTarget {
  readonly touchMs: number;
  readonly closeMs: number;
}
export type SlaTargets = Readonly<Record<Severity, SlaTarget | null>>;

export function slaTargets(settings: SlaSettings = slaSettings.parse({})): SlaTargets {
  const of = (severity: Severity): SlaTarget | null => {
    const given = settings[severity];
    return given && { touchMs: durationMs(given.touch), closeMs: durationMs(given.close) };
  };
  const entries = SEVERITIES.map((severity) => [severity, of(severity)] as const);
  return Object.fromEntries(entries) as Record<Severity, SlaTarget | null>;
}

export const SLA_STATES = ['breached', 'at_risk', 'ok', 'none'] as const;
export type SlaState = (typeof SLA_STATES)[number];

/** Of its time, the last part in which a clock is at risk. */
const AT_RISK_SHARE = 0.25;

interface Clock {
  readonly dueMs: number;
  /** When it stopped; null: it runs. */
  readonly doneMs: number | null;
  readonly state: Exclude<SlaState, 'none'>;
}

export interface SlaClocks {
  readonly touch: Clock;
  readonly close: Clock;
  readonly state: Exclude<SlaState, 'none'>;
  /** Due next; null: both clocks have stopped. */
  readonly next: 'touch' | 'close' | null;
}

function clockOf(startMs: number, lastsMs: number, doneMs: number | null, nowMs: number): Clock {
  const dueMs = startMs + lastsMs;
  if ((doneMs ?? nowMs) > dueMs) return { dueMs, doneMs, state: 'breached' };
  const isNear = doneMs === null && dueMs - nowMs <= lastsMs * AT_RISK_SHARE;
  return { dueMs, doneMs, state: isNear ? 'at_risk' : 'ok' };
}

const URGENCY = { breached: 0, at_risk: 1, ok: 2 } as const;

/** Null: it has no clocks. */
export function slaOf(
  { row, triage, state, reopened, reopenedMs }: BoardEntry,
  targets: SlaTargets,
  nowMs: number,
): SlaClocks | null {
  const target = targets[row.facts.severity];
  if (target === null || row.isHygiene || state === 'withdrawn' || state === 'suppressed') {
    return null;
  }
  const byPeople = triage.reopenedAt === '' ? row.times.firstDetected : epochMs(triage.reopenedAt);
  const startMs = reopened ? reopenedMs : byPeople;
  const touchedAt = reopened || triage.reopenedAt !== '' ? triage.updatedAt : triage.touchedAt;
  const touchedMs = touchedAt === '' ? null : epochMs(touchedAt);
  const isTouched = touchedMs !== null && touchedMs >= startMs;
  const closedMs = state === 'closed' && triage.closed ? epochMs(triage.closed.at) : null;
  const touch = clockOf(startMs, target.touchMs, isTouched ? touchedMs : null, nowMs);
  const close = clockOf(startMs, target.closeMs, closedMs, nowMs);
  const worse = URGENCY[touch.state] < URGENCY[close.state] ? touch.state : close.state;
  return {
    touch,
    close,
    state: worse,
    next: closedMs !== null ? null : isTouched ? 'close' : 'touch',
  };
}

/** On the wire. */
export interface SlaView {
  readonly state: SlaState;
  readonly next: 'touch' | 'close' | null;
  readonly due: string | null;
  readonly touch_due: string | null;
  readonly touched_at: string | null;
  readonly close_due: string | null;
  readonly closed_at: string | null;
}

const timeOf = (ms: number | null) => (ms === null ? null : formatLogTime({ ms, ns: 0 }));

export function slaView(clocks: SlaClocks | null): SlaView {
  if (clocks === null) {
    return {
      ...{ state: 'none', next: null, due: null, touch_due: null, touched_at: null },
      ...{ close_due: null, closed_at: null },
    };
  }
  const { touch, close, state, next } = clocks;
  return {
    ...{ state, next, due: next === null ? null : timeOf(clocks[next].dueMs) },
    ...{ touch_due: timeOf(touch.dueMs), touched_at: timeOf(touch.doneMs) },
    ...{ close_due: timeOf(close.dueMs), closed_at: timeOf(close.doneMs) },
  };
}
