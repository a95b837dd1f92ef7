/**
 * Which decision of a person an event reports, as a print: people are judged by decisions, not by calls under them.
 * Limit: numbers counted anew within a chain's day are one.
 */
import { type AuditEvent, shortPrint } from '@waywarden/schemas';
import { dateOfTime } from '../../domain/day.ts';
import type { Scope } from './approval-scope.ts';

/** Short, since who makes two alike gains no more than by giving one uid twice. */
export const DECISION_PRINT = 8;
const NAME = 4;
/** Behind it stands the day. */
const TOOK = 2;

interface Decision {
  readonly named: string;
  readonly timed?: string;
}

export const decisionName = (print: string) => print.slice(0, NAME);

function nameOfDecision(event: AuditEvent): string | undefined {
  const { approval, call_uid: call, agent, task, chain_id: chain, event_time: time } = event;
  if (approval?.uid !== undefined || call === undefined) return approval?.uid;
  return JSON.stringify([agent.uid, task?.id ?? chain, dateOfTime(time), call]);
}

export function decisionOf(event: AuditEvent, scope?: Scope): Decision | undefined {
  const name = nameOfDecision(event);
  if (name === undefined) return undefined;
  const named = shortPrint(name, DECISION_PRINT);
  const took = event.approval?.latency_ms;
  if (took === undefined) return { named };
  const dated = shortPrint(
    scope?.whole ?? dateOfTime(event.event_time),
    DECISION_PRINT - NAME - TOOK,
  );
  return { named, timed: decisionName(named) + shortPrint(`${took}`, TOOK) + dated };
}

/** The first of its name that took as long. */
export function isDecidedBefore(timed: string, known: readonly string[]): boolean {
  const tookOf = (print: string) => print.slice(NAME, NAME + TOOK);
  const isAlike = (one: string) => tookOf(one) === tookOf(timed);
  const named = known.filter((one) => decisionName(one) === decisionName(timed));
  const first = named.findIndex(isAlike);
  return first >= 0 && named.slice(first).every(isAlike);
}

/** How long half of them took, at least. */
export function upperMedian(took: readonly number[]): number {
  const sorted = [...took].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.POSITIVE_INFINITY;
}
