import type { AuditEvent } from '@waywarden/schemas';
import { agentName } from '../domain/agent-name.ts';
import { dateOfDay } from '../domain/day.ts';
import { counted, shorten } from '../domain/short-text.ts';
import { deedOf, type Numbers } from './deeds.ts';

type HourHistory = Numbers<'n' | 'active' | 'sinceDay' | 'marginHours'>;

const neverThen = ({ n, active, sinceDay, marginHours }: HourHistory) =>
  `In ${counted(n, 'counted call')} on ${counted(active, 'day')} since ${dateOfDay(sinceDay)} it never acted within ${marginHours} hours of that time`;

export const actingHoursReasonWords = (hour: number, history: HourHistory) => ({
  text: `Acted at hour ${hour} (UTC). ${neverThen(history)}.`,
  expected: `an hour at which it has acted before (${counted(history.active, 'day')})`,
  observed: `hour ${hour}`,
});

export function actingHoursWords(event: AuditEvent, hour: number, history: HourHistory) {
  const at = `${String(hour).padStart(2, '0')}:00 UTC`;
  const [who, deed] = [agentName(event), deedOf(event)];
  return {
    title: shorten(`${who} ${deed} by itself at ${at}, when it never acts`, 90),
    summary: `${who} ${deed} around ${at}; no person asked for it in a conversation and none approved it. ${neverThen(history)}.`,
  };
}
