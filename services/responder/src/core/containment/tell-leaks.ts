/** What follows when an order does not hold; nothing where somebody else shows the credential. */
import { epochMs, formatLogTime } from '@waywarden/schemas';
import type { Output } from '@waywarden/stage';
import type { ResponseContext } from '../model/response-context.ts';
import { escalate } from './escalate-command.ts';
import { type Leaked, leakAlert, leakOutput } from './leak-alert.ts';

export function reportLeaks(context: ResponseContext, leaks: readonly Leaked[]): readonly Output[] {
  return leaks.flatMap(({ issued, sign, isProven, earlier, isByOther }) => {
    const seenMs = 'call' in sign ? epochMs(sign.call.event_time) : 0;
    const detectedAt = formatLogTime({ ms: Math.max(context.nowMs, seenMs), ns: 0 });
    const policyVersion = context.policy.version;
    const parts = { issued, sign, earlier, isByOther, policyVersion, detectedAt };
    const alert = leakOutput(leakAlert(parts));
    if (isByOther === true) return [alert];
    const names = issued.proof.leak?.receivers.join(', ') ?? '';
    const what = 'call' in sign ? 'A call went through' : `${sign.by} could still act`;
    const why = `${what} after ${names} had applied ${issued.command.action}.`;
    return isProven ? [alert, ...escalate(context, issued.command.command_id, why)] : [alert];
  });
}
