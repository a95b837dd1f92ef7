import type { LedgerLine } from './ledger.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

export function durationWords(ms: number): string {
  if (ms < MINUTE_MS) return `${(ms / SECOND_MS).toFixed(ms < 10 * SECOND_MS ? 1 : 0)} s`;
  if (ms < HOUR_MS) return `${Math.round(ms / MINUTE_MS)} min`;
  return `${(ms / HOUR_MS).toFixed(1)} h`;
}

const counted = (n: number, one: string, more = `${one}s`) => `${n} ${n === 1 ? one : more}`;

export function responseImpactWords(total: LedgerLine, days: number): string {
  const period = days === 1 ? 'the last day' : `the last ${days} days`;
  const asked = `In ${period} ${counted(total.step_ups, 'step-up')} and ${counted(total.revocations, 'revocation')} ${total.step_ups + total.revocations === 1 ? 'was' : 'were'} ordered`;
  const back = total.reverted === 0 ? '' : `, ${total.reverted} of them taken back since`;
  const answers = total.approved + total.refused;
  const waited =
    total.waited_mean_ms === null || total.share_approved === null
      ? ' No answer of a person was seen.'
      : ` People answered ${answers === 1 ? 'once' : `${answers} times`} (step-ups, and approvals that agents asked for), ${Math.round(total.share_approved * 100)} % yes, after ${durationWords(total.waited_mean_ms)} on average (${durationWords(total.waited_ms)} in all).`;
  const stopped =
    total.denied_calls === 0
      ? ''
      : ` ${counted(total.denied_calls, 'call')} in ${counted(total.tasks_stopped, 'task')} were refused, ${total.denied_in_error} of them by orders that were taken back.`;
  const inHand =
    total.withheld === 0 ? '' : ` Guards withheld ${counted(total.withheld, 'order')}.`;
  const would =
    total.would_revoke + total.would_step_up === 0
      ? ''
      : ` Rules that only watch would have asked ${counted(total.would_step_up, 'step-up')} and revoked ${total.would_revoke}.`;
  const withdrawn =
    total.withdrawn_alerts === 0
      ? ''
      : ` ${counted(total.withdrawn_alerts, 'alert was', 'alerts were')} withdrawn.`;
  const judged = total.true_positives + total.false_positives;
  const found =
    judged === 0
      ? ''
      : ` Of ${counted(judged, 'alert')} with a verdict ${total.true_positives} ${total.true_positives === 1 ? 'was' : 'were'} right.`;
  return `${asked}${back}.${waited}${stopped}${inHand}${would}${withdrawn}${found}`;
}
