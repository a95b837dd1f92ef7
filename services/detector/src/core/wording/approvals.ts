import type { AuditEvent } from '@waywarden/schemas';
import { agentName } from '../domain/agent-name.ts';
import { dateOfTime } from '../domain/day.ts';
import { firstFitting, TITLE_LENGTH_MAX } from '../domain/short-text.ts';
import {
  deedInFull,
  deedOf,
  type Flags,
  type Maybe,
  type NameLists,
  type Names,
  type Numbers,
  shortAgent,
  timeText,
} from './deeds.ts';

const APPROVER_WORDS = {
  nobody: 'an approval by nobody named',
  agentsName: 'an approval under the name of an agent',
  service: 'a service’s approval and no person’s',
  agent: 'an agent’s approval and no person’s',
} as const;
export type Approver = keyof typeof APPROVER_WORDS;

const DECIDED_WORDS: Readonly<Record<string, string>> = {
  none: 'no approval',
  auto: 'an automatic approval',
  policy: 'a policy’s decision and no person’s',
  bypassed: 'its approval bypassed',
};

const DUE_WORDS = {
  human: 'a human’s approval',
  policy: 'a decision by policy or a human',
} as const;

export function otherArgumentsWords(event: AuditEvent, now: string, refusedBy: string | undefined) {
  const who = agentName(event);
  const refused = refusedBy === undefined ? '' : ` ${refusedBy} had refused it before.`;
  return {
    title: `${who} ran other arguments than were approved`,
    summary: `On ${dateOfTime(now)} ${who} ${deedInFull(event)}. ${event.approval?.by ?? 'Somebody'} approved a call of this tool, and the arguments that ran are not those that were approved.${refused}`,
    expected: 'the arguments that were approved',
    observed: 'other arguments',
  };
}

type Refused = Names<'by' | 'at'> & Flags<'isNamed'>;

export function againstRefusalWords(event: AuditEvent, { by, at, isNamed }: Refused) {
  const who = agentName(event);
  const since = event.approval?.mode === 'human' ? 'no person as provably' : 'nobody';
  return {
    title: `${who} ran a call ${isNamed ? 'under the decision that refused it' : 'that was refused'}`,
    summary: `${who} ${deedInFull(event)}, which ${by} had refused at ${timeText(at)}, ${isNamed ? 'and names that refusal as its approval' : `and ${since} approved it since`}.`,
    expected: 'no run after a refusal',
    observed: isNamed ? 'a run under a refusal' : 'a run without approval',
    notVisible: ['Whether the person thought again where nothing tells of it is not visible.'],
  };
}

const UNSEEN =
  'Its source told of approvals before and not of this one: it may have been given unseen.';
const WHO = 'Whether a person approved it is not visible.';

interface Undecided extends Names<'cls'> {
  readonly due: keyof typeof DUE_WORDS;
  readonly given: 'unreported' | 'asserted' | 'nobodys' | 'none';
  readonly approver: Approver;
}

function decisionWords(event: AuditEvent, { given, approver }: Undecided): string {
  if (given === 'unreported') return 'no word of an approval';
  if (given === 'asserted') return 'an approval that only its own telemetry tells of';
  if (event.approval?.mode === 'human') return APPROVER_WORDS[approver];
  return DECIDED_WORDS[event.approval?.mode ?? 'none'] ?? 'no approval';
}

/** Of what is too long the place goes first, then the tool: how it was decided stays. */
function undecidedTitle(event: AuditEvent, observed: string): string {
  const { target, ...nowhere } = event;
  const { tool, ...bare } = nowhere;
  const deeds = [event, nowhere, bare].map((one) => deedOf(one));
  return firstFitting(
    deeds.map((deed) => `${agentName(event)} ${deed} with ${observed}`),
    TITLE_LENGTH_MAX,
  );
}

export function approvalBypassWords(event: AuditEvent, call: Undecided) {
  const { cls, due, given } = call;
  const observed = decisionWords(event, call);
  return {
    title: undecidedTitle(event, observed),
    summary: `${agentName(event)} is registered as ${cls}, which needs ${DUE_WORDS[due]} for this. On ${dateOfTime(event.event_time)} it ${deedInFull(event)} with ${observed}.`,
    expected: DUE_WORDS[due],
    observed,
    notVisible: given === 'unreported' ? [UNSEEN] : given === 'nobodys' ? [WHO] : [],
  };
}

interface Unapproved extends Names<'cls' | 'since'>, Numbers<'effects' | 'unapproved'> {
  readonly approval: 'asserted' | 'nobodys' | 'none';
  readonly approver: Approver;
}

function driftTitle(event: AuditEvent, { cls, approval }: Unapproved): string {
  const who = agentName(event);
  const end = approval === 'none' ? ' without approval' : '; its approval is not proven';
  const deed = deedOf(event);
  const { target, ...nowhere } = event;
  const brief = deedOf(nowhere);
  const titles = [deed, brief].map((one) => `${who}, registered ${cls}, ${one}${end}`);
  return titles.find((one) => one.length <= TITLE_LENGTH_MAX) ?? `${who} ${brief}${end}`;
}

export function classDriftWords(event: AuditEvent, drift: Unapproved) {
  const { cls, approval, approver, effects, unapproved, since } = drift;
  const how =
    approval === 'asserted'
      ? `an approval by ${event.approval?.by ?? 'somebody'} that only its own telemetry tells of`
      : event.approval?.mode === 'human'
        ? APPROVER_WORDS[approver]
        : `approval ${event.approval?.mode ?? 'none'}`;
  return {
    title: driftTitle(event, drift),
    summary:
      `${agentName(event)} is registered as ${cls}: a human must approve every effect. It ${deedInFull(event)} with ${how}. ` +
      `${unapproved} of its ${effects} effects since ${since.slice(0, 10)} had no proven approval.`,
    expected: `a human's approval for every effect (class ${cls})`,
    observed: how,
  };
}

const UNTIMED = 'How long decisions took is not told: no longer than since the one before.';

type Stamped = Names<'medianMin'> &
  Numbers<'tookMs' | 'approvals' | 'approvalsMin'> &
  Maybe<'name'>;

export function rubberStampWords(event: AuditEvent, stamped: Stamped) {
  const { tookMs, approvals, medianMin, approvalsMin, name } = stamped;
  const [who, by] = [agentName(event), name ?? 'Somebody unnamed'];
  const seconds = Math.max(1, Math.ceil(tookMs / 1000));
  return {
    by,
    title: `${by} approves what ${who} asks within ${seconds} s, and refuses nothing`,
    summary: `Up to ${dateOfTime(event.event_time)} ${by} approved the last ${approvals} requests of ${who} in a row and refused none; half of them within ${seconds} s. Such approvals decide nothing.`,
    expected: `a median of at least ${medianMin}, or a refusal among ${approvalsMin}`,
    observed: `median ${Math.round(tookMs)} ms over ${approvals}, none refused`,
    notVisible: [
      ...(event.approval?.latency_ms === undefined ? [UNTIMED] : []),
      ...(name === undefined ? ['Who approved is not told: it may be several people.'] : []),
    ],
  };
}

const SCOPE_WORDS = {
  trigger: { each: 'each trigger', covers: 'one task of one person within a session' },
  change: { each: 'each change', covers: 'one job until its next change is approved' },
} as const;

interface Reused extends Maybe<'ranAt'>, Flags<'isTimedOut' | 'isNamed' | 'isSure'> {
  readonly scope: keyof typeof SCOPE_WORDS | undefined;
}

function ranWords({ ranAt, isTimedOut }: Reused): string {
  if (ranAt === undefined) return 'had run before its last sixteen approvals already';
  const when = `at ${ranAt.slice(0, 10)} ${ranAt.slice(11, 19)} UTC already`;
  return isTimedOut ? `had timed out ${when}, and may have run` : `had run ${when}`;
}

export function approvalReuseWords(event: AuditEvent, reused: Reused) {
  const { isNamed, isSure, scope } = reused;
  const [who, deed, ran] = [agentName(event), deedInFull(event), ranWords(reused)];
  const { by = 'somebody', latency_ms: took } = event.approval ?? {};
  const words = scope === undefined ? undefined : SCOPE_WORDS[scope];
  const covers = words === undefined ? '' : ` By its class an approval covers ${words.covers}.`;
  return {
    title: isNamed
      ? `${who} ran another call under an approval that was used`
      : `${who} ran two calls under what is likely one approval`,
    summary: isNamed
      ? `${who} ${deed} under an approval by ${by} under which a call ${ran}.${covers} What came after was decided by nobody.`
      : `${who} ${deed} under an approval by ${by} that took ${took} ms, over the same arguments and as long to the millisecond as one under which a call ${ran}. Likely both are one decision.`,
    expected: `an approval for ${words?.each ?? 'each call'}`,
    observed: isSure ? 'one approval for several' : 'likely one approval for several',
    notVisible: [
      isNamed
        ? 'Whether the person meant to approve more than one call is not visible.'
        : 'The approval has no id: it is known again by approver, arguments and time taken, which two decisions share now and then.',
    ],
  };
}

type SharedApproval = Names<'who' | 'owner' | 'at' | 'ownAt'> &
  Numbers<'agents'> &
  Flags<'isOnlyClaimed'>;

export function approvalSharedWords({ at, ownAt, agents, isOnlyClaimed, ...uids }: SharedApproval) {
  const [who, owner] = [shortAgent(uids.who), shortAgent(uids.owner)];
  const handed = isOnlyClaimed
    ? 'and that one handed work to the other is only said: nothing proves it'
    : 'though neither handed work to the other';
  return {
    title: `${who} ran a call under an approval of ${owner}`,
    summary: `A call of ${owner} ran at ${timeText(ownAt)} under an approval by a person, and one of ${who} at ${timeText(at)} under the same one, ${handed}. What ran second was decided by nobody.`,
    expected: 'an approval for each call',
    observed: `one for calls of ${agents} agents`,
    notVisible: ['Whether the person meant to approve both is not visible.'],
  };
}

type StampedMany = Names<'by' | 'since'> &
  Numbers<'tookMs' | 'approvals' | 'approvalsMin' | 'medianMs'> &
  NameLists<'agents'>;

export function rubberStampManyWords({ by, since, agents, tookMs, ...stamped }: StampedMany) {
  const seconds = Math.max(1, Math.ceil(tookMs / 1000));
  const { approvals, approvalsMin, medianMs } = stamped;
  const named = `${agents.slice(0, 4).map(shortAgent).join(', ')}${agents.length > 4 ? ', …' : ''}`;
  return {
    title: `${by} approves what ${agents.length} agents ask within ${seconds} s, and refuses nothing`,
    summary: `Since ${timeText(since)} ${by} approved ${approvals} requests in a row of ${agents.length} agents (${named}) and refused none; half of them within ${seconds} s. Such approvals decide nothing.`,
    expected: `a median of at least ${medianMs / 1000} s, or a refusal among ${approvalsMin}`,
    observed: `median ${tookMs} ms over ${approvals}, none refused`,
    notVisible: ['What the person was shown is not visible.'],
  };
}
