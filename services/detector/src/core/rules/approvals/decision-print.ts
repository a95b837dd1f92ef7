/**
 * Which decision of a person an event tells of, as a print: how somebody decides is judged by decisions, and not by
 * what ran under them. One approval may cover a whole task or job (`approval-scope.ts`), and an event of its own and
 * the call that it lets through may tell of the same one.
 * Limits: where calls are counted anew within one day of one chain, those of one number are one decision a day.
 */
import { type AuditEvent, shortPrint } from '@waywarden/schemas';
import { dateOfTime } from '../../alerting/finding.ts';
import type { Scope } from './approval-scope.ts';

/** Short, since who makes two alike gains no more than by giving one uid twice. */
export const DECISION_PRINT = 8;
const NAME = 4;
/** Of a print, what says how long it took; on which day stands behind it. */
const TOOK = 2;

interface Decision {
  /** Of whatever has its name, as an event tells of it that says no time. */
  readonly named: string;
  /** Of the decision that took as long; undefined where no time is told. */
  readonly timed?: string;
}

/** The part of a print that all of one name have. */
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

/** Whether it was decided before: of its name, since the first that took as long, none of those known took another time. */
export function isDecidedBefore(timed: string, known: readonly string[]): boolean {
  const tookOf = (print: string) => print.slice(NAME, NAME + TOOK);
  const isAlike = (one: string) => tookOf(one) === tookOf(timed);
  const named = known.filter((one) => decisionName(one) === decisionName(timed));
  const first = named.findIndex(isAlike);
  return first >= 0 && named.slice(first).every(isAlike);
}
