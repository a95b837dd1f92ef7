import { type Assurance, type AuditEvent, assuranceAtLeast } from '@waywarden/schemas';
import { workAssurance } from '../domain/decisive-assurance.ts';
import type { Numbers } from './deeds.ts';

export const confidenceWords = (confidence: number, of: Numbers<'daysPerBad' | 'daysTested'>) =>
  `Confidence ${confidence} is a bound and no measurement: it assumes that one day of an agent in ${of.daysPerBad} is bad, and was tested on ${of.daysTested} simulated agent-days at most.`;

export const notEvaluableWords = (text: string) => ({
  text: `Not evaluable: ${text}`,
  expected: 'all that its source numbers, and its heartbeats',
});

function unprovenWords(event: AuditEvent): string {
  const isUnproven = (claim: Assurance) => !assuranceAtLeast(claim, 'authenticated');
  const work = workAssurance(event);
  const isWork = work !== undefined && isUnproven(work);
  if (isUnproven(event.agent.assurance)) {
    return isWork ? 'Who did this, and in which task,' : 'Who did this';
  }
  return isWork ? 'In which task it did this' : 'Something else on which this rests';
}

export function unseenWords(event: AuditEvent, decisive: Assurance): readonly string[] {
  const marks = event.unmapped?.['ingest.marks'];
  const isClamped = Array.isArray(marks) && marks.includes('time_clamped');
  const notes: readonly (readonly [boolean, string])[] = [
    [
      !assuranceAtLeast(decisive, 'authenticated'),
      `${unprovenWords(event)} nothing proves: its own telemetry says so.`,
    ],
    [
      event.event_time_quality !== 'measured',
      'When it happened is not measured: its source tells an order only.',
    ],
    [isClamped, 'Its source’s clock runs ahead: its time is when it was received.'],
    [
      event.args?.features?.['dry_run_claimed'] === true,
      'The call asked for a dry run; only the caller says that the tool honours that.',
    ],
  ];
  return notes.filter(([is]) => is).map(([, text]) => text);
}

export const historyWords = (begins: string): string =>
  `History begins at ${begins}: what happened before is kept no longer and was not seen.`;
