/**
 * Which revisions follow: none while only the count moves (until it doubles), a withdrawal when the conclusion falls.
 */
import type { Alert } from '@waywarden/schemas';
import { hasDoubled, nextRevision, restate, withdraw } from '../../../alerting/standing-alert.ts';

export interface AlertHead {
  readonly completions: readonly number[];
  /** On the principal alone. */
  readonly byPrincipal?: readonly number[];
  readonly first: number | null;
  readonly last: Readonly<Record<string, Alert>>;
  readonly open: string | null;
  readonly approval?: string;
}

export const NO_HEAD: AlertHead = { completions: [], first: null, last: {}, open: null };

export interface Revised {
  readonly head: AlertHead;
  readonly alerts: readonly Alert[];
}

function substance(alert: Alert): string {
  const { revision, count, detected_at, first_detected_at, supersedes, ...rest } = alert;
  return JSON.stringify(rest);
}

function firstDetected(head: AlertHead, next: string): string {
  const times = Object.values(head.last).map((alert) => alert.first_detected_at);
  return times.sort()[0] ?? next;
}

export function retract(head: AlertHead, detectedAt: string): Revised {
  const last = head.open === null ? undefined : head.last[head.open];
  if (last === undefined) return { head, alerts: [] };
  const withdrawn = withdraw(last, detectedAt);
  return {
    head: { ...head, open: null, last: { ...head.last, [last.kind]: withdrawn } },
    alerts: [withdrawn],
  };
}

export function reviseHead(head: AlertHead, next: Alert): Revised {
  const standing = head.open === null ? undefined : head.last[head.open];
  if (standing?.kind === next.kind) {
    if (!hasDoubled(standing, next.count) && substance(standing) === substance(next))
      return { head, alerts: [] };
  }
  const retracted = standing !== undefined && standing.kind !== next.kind;
  const before = retracted ? retract(head, next.detected_at) : { head, alerts: [] };
  const previous = before.head.last[next.kind];
  const supersedes = retracted ? [standing.alert_id] : previous?.supersedes;
  const alert: Alert = {
    ...(restate(previous, next, true) ?? next),
    ...(supersedes === undefined ? {} : { supersedes }),
    first_detected_at: firstDetected(head, next.first_detected_at),
  };
  return {
    head: { ...before.head, open: alert.kind, last: { ...before.head.last, [alert.kind]: alert } },
    alerts: [...before.alerts, alert],
  };
}

export function recount(head: AlertHead, detectedAt: string): Revised {
  const standing = head.open === null ? undefined : head.last[head.open];
  const count = head.completions.length;
  if (standing === undefined || !hasDoubled(standing, count)) return { head, alerts: [] };
  const alert = nextRevision(standing, { count, detected_at: detectedAt });
  return { head: { ...head, last: { ...head.last, [alert.kind]: alert } }, alerts: [alert] };
}
