/** What a run of digits is. */
import { accountsOf } from './account.ts';
import { socialSecurityOf } from './document-number.ts';
import type { NumberRun } from './number-run.ts';
import { phoneOf } from './phone.ts';
import { isPointInTime, leadBefore, namesNumber } from './point-in-time.ts';
import type { ValueSink } from './value-kind.ts';

function isNamed({ end }: NumberRun, text: string, start: number, { field }: ValueSink): boolean {
  if (namesNumber(leadBefore(text, start))) return true;
  return end - start === text.trim().length && namesNumber(field);
}

export function addNumbers(run: NumberRun, text: string, start: number, sink: ValueSink): void {
  const social = socialSecurityOf(run);
  if (social !== undefined) {
    sink.add('document_number', social);
    return;
  }
  const phone = phoneOf(run);
  if (phone !== undefined) {
    sink.add('phone', phone);
    return;
  }
  for (const account of accountsOf(run)) {
    // Nobody chunks times.
    const isTime = run.groups.includes(account) && isPointInTime(account);
    if (!isTime || isNamed(run, text, start, sink)) sink.add('account', account);
  }
}
