import type { AuditEvent } from '@waywarden/schemas';
import { agentName } from '../domain/agent-name.ts';
import { MINUTE_MS } from '../domain/day.ts';
import { type ElementVerdict, listed } from '../domain/registry/envelope.ts';
import {
  deedInFull,
  deedOf,
  type Flags,
  type Maybe,
  modelDeed,
  type Names,
  type Numbers,
} from './deeds.ts';

export const OFF_SCHEDULE = 'another time';

function duration(ms: number): string {
  return ms < 2 * MINUTE_MS ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / MINUTE_MS)} min`;
}

export const ENVELOPE_WORDS = {
  deadline: (deadline: string, tookMs: number) =>
    [deadline, `${duration(tookMs)} after its first call`] as const,
  volume: (most: number, call: number) => [`at most ${most} calls`, `call ${call}`] as const,
  fromText: (allowed: readonly string[]) =>
    [`from ${listed(allowed)}`, 'from text that outsiders can write'] as const,
  unread: (allowed: readonly string[]) =>
    [`from ${listed(allowed)}`, 'this agent never read it'] as const,
  workflow: (own: readonly string[], name: string) =>
    [`one of its own (${listed(own) || 'none'})`, name] as const,
};

function elementWords(verdicts: readonly ElementVerdict[], exceeded: readonly ElementVerdict[]) {
  return {
    expected: exceeded.map((one) => `${one.element}: ${one.expected}`).join('; '),
    observed: exceeded.map((one) => `${one.element}: ${one.observed}`).join('; '),
    notVisible: verdicts
      .filter((one) => one.verdict === 'unknown')
      .map((one) => `The ${one.element} could not be judged: ${one.observed}.`),
  };
}

const firstOf = (exceeded: readonly ElementVerdict[]) =>
  `(${listed(exceeded.map((one) => one.element))}: ${exceeded[0]?.observed})`;

export function outsideProfileWords(event: AuditEvent, verdicts: readonly ElementVerdict[]) {
  const who = agentName(event);
  const exceeded = verdicts.filter((one) => one.verdict === 'outside');
  const each = exceeded.map(
    (one) => `Its profile declares ${one.element} ${one.expected}; this was ${one.observed}.`,
  );
  return {
    title: `${who} went beyond its declared profile ${firstOf(exceeded)}`,
    summary: `${who} ${deedOf(event)}. ${each.join(' ')}`,
    ...elementWords(verdicts, exceeded),
  };
}

export function taskEnvelopeWords(
  event: AuditEvent,
  verdicts: readonly ElementVerdict[],
  { workflow, isProven }: Names<'workflow'> & Flags<'isProven'>,
) {
  const who = agentName(event);
  const exceeded = verdicts.filter((one) => one.verdict === 'outside');
  const each = exceeded.map(
    (one) => `Its ${one.element} should be ${one.expected}, and was ${one.observed}.`,
  );
  const asserted = ' The workflow is only asserted, so this may be the wrong envelope.';
  return {
    title: `${who} left what ${workflow} allows ${firstOf(exceeded)}`,
    summary: `${who} ${deedOf(event)} for ${workflow}. ${each.join(' ')}${isProven ? '' : asserted}`,
    ...elementWords(verdicts, exceeded),
  };
}

export const listedOnlyWords = (summary: string, ruleId: string): string =>
  `${summary} Told by ${ruleId}, and listed only.`;

const REOPENED =
  'Whether the work was taken up again on purpose is not visible: a proven task_start before its first call would say so.';

type Overrun = Numbers<'minutes'> & Flags<'isEnded'> & Maybe<'deadline'>;

export function taskOverrunWords(event: AuditEvent, { minutes, isEnded, deadline }: Overrun) {
  const [who, model] = [agentName(event), modelDeed(event)];
  const end = isEnded ? 'end' : 'deadline';
  const restated = isEnded
    ? ' Work that is taken up again begins with a proven task_start, and none came before its first call.'
    : ' What a later call states as deadline, or leaves out, changes nothing.';
  const until = isEnded ? 'the task ended' : (deadline ?? 'its first deadline');
  return {
    title: `${who} still ${model?.does ?? 'acts'} ${minutes} min after its task's ${end}`,
    summary: `${who} ${model?.did ?? deedInFull(event)} ${minutes} min after the ${end} of its task. What was granted for the task should have ended with it.${restated}`,
    expected: `no call after ${until}`,
    observed: `a call ${minutes} min later`,
    ...(isEnded ? { notVisible: [REOPENED] } : {}),
  };
}
