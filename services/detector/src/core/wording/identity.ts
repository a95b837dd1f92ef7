import type { AuditEvent, PrivilegeStep } from '@waywarden/schemas';
import { agentName } from '../domain/agent-name.ts';
import { dateOfDay, dateOfMs, dateOfTime } from '../domain/day.ts';
import { listed } from '../domain/registry/envelope.ts';
import {
  firstFitting,
  SHOWN_NAME_LENGTH_MAX,
  SUMMARY_NAME_LENGTH_MAX,
  shortAgentName,
  shorten,
  shortenFront,
  TITLE_LENGTH_MAX,
  TITLE_NAME_LENGTH_MAX,
} from '../domain/short-text.ts';
import {
  deedOf,
  type Flags,
  modelDeed,
  type NameLists,
  type Names,
  type Numbers,
} from './deeds.ts';

const STEP_WORDS = {
  write_grant: 'may change something',
  write: 'changed something',
  unapproved_write: 'changed something without a person’s approval',
  unattended_write: 'changed something though nobody asked or approved',
  fetched_credential: 'fetched a credential',
  delegation: 'handed work over',
} as const;
export type LadderStep = keyof typeof STEP_WORDS;

interface Ladder extends Names<'who' | 'own' | 'like'>, Numbers<'likeSinceDay' | 'sinceMs'> {
  readonly step: LadderStep;
  readonly fresh: readonly LadderStep[];
  readonly taken: readonly (readonly [step: LadderStep, day: number])[];
  readonly review: Names<'by' | 'at'> | undefined;
}

export function autonomyLadderWords(ladder: Ladder) {
  const { who, own, like, review } = ladder;
  const did = STEP_WORDS[ladder.step];
  const reviewed =
    review === undefined
      ? 'it was never reviewed'
      : `the review by ${review.by} is of ${dateOfTime(review.at)}`;
  const steps = ladder.taken.map(([one, day]) => `${dateOfDay(day)} ${STEP_WORDS[one]}`).join('; ');
  return {
    title: firstFitting(
      [
        `${who}, registered ${own}, ${did} for the first time`,
        `${who}, registered ${own}, first ${did}`,
        `${who} first ${did}`,
      ],
      TITLE_LENGTH_MAX,
    ),
    summary: `${who} is registered as ${own} and acts like ${like} since ${dateOfDay(ladder.likeSinceDay)}; ${reviewed}. Its steps: ${steps}.`,
    expected: `what an agent of class ${own} was seen to do until now`,
    observed: ladder.fresh.map((one) => STEP_WORDS[one]).join('; '),
    notVisible: [`What it did before ${dateOfMs(ladder.sinceMs)} was not seen.`],
  };
}

type Deputy = Names<'principal' | 'now'> & NameLists<'symbols' | 'entitled'>;

export function confusedDeputyWords(event: AuditEvent, deputy: Deputy) {
  const { principal, now } = deputy;
  const [who, beyond] = [agentName(event), listed(deputy.symbols)];
  const owner = event.target?.owner_uid;
  const workflow = event.task?.workflow;
  const whose = owner === undefined ? '' : ` The record is ${owner}’s, who is no part of the case.`;
  return {
    title: `${who} did for ${principal} what ${principal} may not do (${beyond})`,
    summary:
      `On ${dateOfTime(now)} ${who} ${deedOf(event)} on behalf of ${principal}, whose own entitlement is ${listed(deputy.entitled) || 'nothing'}.` +
      `${whose} ${workflow === undefined ? 'No workflow declares' : `${workflow} does not declare`} that it mediates ${beyond}.`,
    expected: `inside what ${principal} may do, or mediated by the workflow`,
    observed: beyond,
    notVisible:
      owner === undefined ? ['Whose record it is could not be seen: the call names no owner.'] : [],
  };
}

export const TOUCH_WORDS = {
  credential: (name: string) => `the credential ${name}`,
  madeFrom: (name: string) => `the credential ${name}, by a token made from it`,
  target: (name: string) => `the credential ${name}, as a target`,
  tool: (name: string) => `the tool ${name}`,
  record: (name: string) => `the record ${name}`,
  recordArgument: (name: string) => `the record ${name}, by an argument`,
  credentialArgument: (name: string) => `the credential ${name}, by an argument`,
};

function decoyEnd({ outcome, phase }: AuditEvent): string {
  if (outcome === 'denied') return ' The call was denied.';
  return phase === 'requested' ? ' The call was asked for; whether it ran is not told yet.' : '';
}

export function decoyTouchedWords(event: AuditEvent, what: string) {
  const who = agentName(event);
  return {
    title: `${who} touched a decoy: ${what}`,
    summary: `${who} used ${what}, which the registry lists as a decoy: it serves no work, so nobody who does his own comes upon it.${decoyEnd(event)}`,
    expected: 'never touched by anybody',
    observed: what,
  };
}

const STATE_WORDS = {
  proposed: 'only proposed, and nobody has reviewed it',
  suspended: 'suspended',
  retired: 'retired',
} as const;
type OutOfService = keyof typeof STATE_WORDS;

export const isOutOfService = (state: string): state is OutOfService =>
  Object.hasOwn(STATE_WORDS, state);

export function notInServiceWords(event: AuditEvent, state: OutOfService, now: string) {
  const [who, model] = [agentName(event), modelDeed(event)];
  return {
    title: `${who} ${model?.does ?? 'acts'} although the registry calls it ${state}`,
    summary:
      `On ${dateOfTime(now)} ${who} ${model?.did ?? deedOf(event)}, but in the registry it is ${STATE_WORDS[state]}. ` +
      (state === 'proposed'
        ? 'It works under nobody’s review until its state is live.'
        : 'Its access should have ended with that; what it still uses was not taken back.'),
    expected: 'state live or reviewed',
    observed: state,
  };
}

const COMBINATIONS_NAMED_MAX = 17;

type Granted = Names<'who'> & NameLists<'inHand' | 'grants'>;

export function overPrivilegeWords({ who, inHand, grants }: Granted) {
  const many = inHand.length;
  return {
    title: `${who} alone is granted ${many === 1 ? 'a whole dangerous combination' : `${many} whole dangerous combinations`}`,
    summary:
      `${who} is granted every step of ${listed(inHand.slice(0, COMBINATIONS_NAMED_MAX))}. ` +
      'It has not been seen doing them together; whoever takes it over could, without any other agent.',
    expected: 'no single agent is granted every step of a combination',
    observed: `granted ${listed(grants)}`,
  };
}

type Grown = Names<'who'> &
  NameLists<'fresh'> &
  Numbers<'reached' | 'base' | 'first' | 'sinceMs' | 'effects' | 'undecided'>;

export function reachGrowthWords({ who, reached, base, first, fresh, ...reach }: Grown) {
  const reported = first === base ? '' : `, ${base} when that was told last,`;
  return {
    title: `${who} reaches ${reached} kinds of target; ${first} when it was known first`,
    summary: `${who} reached ${first} kinds of target when it was first known (from ${dateOfMs(reach.sinceMs)} on)${reported} and reaches ${reached} now; ${reached - base > fresh.length ? 'the latest' : 'new are'} ${listed(fresh)}. Of its ${reach.effects} effects since then, ${reach.undecided} were decided by neither a person nor a policy.`,
    expected: `about ${base} kinds of target`,
    observed: `${reached}`,
    notVisible: ['What it could reach and did not is not visible here.'],
  };
}

interface Lapsed extends Names<'who' | 'now'>, Flags<'isExpired'> {
  readonly review: Names<'by' | 'at' | 'expires'>;
  readonly changes: readonly ReviewedChange[];
}

export interface ReviewedChange extends Names<'what'> {
  readonly before: string | readonly string[] | null;
  /** Null: no longer declared. */
  readonly now: string | readonly string[] | null;
}

const reviewedText = ({ before }: ReviewedChange) =>
  before === null
    ? 'none declared'
    : typeof before === 'string'
      ? before
      : listed(before) || 'none';

const changedText = ({ now }: ReviewedChange) =>
  now === null ? 'no longer declared' : typeof now === 'string' ? now : `added ${listed(now)}`;

export function reviewLapsedWords({ who, now, review, isExpired, changes }: Lapsed) {
  const why = [
    ...(isExpired ? [`the review by ${review.by} expired on ${review.expires}`] : []),
    ...changes.map((one) => `${one.what}: reviewed ${reviewedText(one)}, now ${changedText(one)}`),
  ].join('; ');
  return {
    why,
    title: isExpired
      ? `${who} works although its risk review expired on ${dateOfTime(review.expires)}`
      : `${who} works with other ${listed(changes.map((one) => one.what))} than were reviewed`,
    summary: `${who} acted on ${dateOfTime(now)} and was reviewed by ${review.by} on ${dateOfTime(review.at)}, but ${why}. It needs a new review, or what changed must be taken back.`,
    expected: isExpired
      ? `a review valid on ${dateOfTime(now)}`
      : listed(changes.map(reviewedText)),
    observed: isExpired ? `expired on ${review.expires}` : listed(changes.map(changedText)),
  };
}

type Unattended = Names<'who' | 'cls' | 'of'> & Numbers<'calls' | 'most'>;

export const unattendedCallsWords = ({ who, cls, calls, most, of }: Unattended) => ({
  title: `${who} made ${calls} calls in a row without a person (class ${cls}: ${most})`,
  summary: `${who} is registered as ${cls}, which may make ${most} calls of a ${of} in a row with nobody asking or approving. This was call ${calls}.`,
  expected: `a person after ${most} calls at most`,
  observed: `${calls} calls in a row`,
  notVisible: ['Whether somebody watched without saying so is not visible.'],
});

type Unused = Names<'who'> &
  Numbers<'sinceMs' | 'worked' | 'allowed'> &
  NameLists<'used' | 'slack'>;

export const coarseGrant = (pattern: string, used: string) => `${pattern} (only ${used})`;

export const unusedGrantsWords = ({ who, sinceMs, worked, allowed, used, slack }: Unused) => ({
  title: `${who} may do what it never does: ${listed(slack)}`,
  summary: `Since ${dateOfMs(sinceMs)}, on ${worked} days of work, ${who} used ${listed(used)} and nothing of ${listed(slack)}, which its grants and credentials allow. What it does not need, a thief of its credential would have too.`,
  expected: 'grants and scopes that are used',
  observed: `${slack.length} of ${allowed} unused or coarser than used`,
  notVisible: ['What is needed less often than once in thirty days looks unused.'],
});

export const workloadName = (workload: string): string => `workload ${shortenFront(workload, 28)}`;

const called = ({ tool }: PrivilegeStep) => (tool === undefined ? '' : `, calling ${tool.name}`);
const when = (time: string) => `${time.slice(0, 10)} at ${time.slice(11, 19)}`;
type Ends = Readonly<Record<'first' | 'latest', PrivilegeStep>>;

export function unregisteredWords(agents: number, { first, latest }: Ends, workload: string) {
  const who = shortenFront(shortAgentName(first.agent_uid), TITLE_NAME_LENGTH_MAX);
  const from = shortenFront(workload, SHOWN_NAME_LENGTH_MAX);
  const many =
    agents === 1
      ? `${who} acts and is not registered`
      : `${agents} agents act and are not registered`;
  return {
    title: shorten(`${many} (from ${from})`, TITLE_LENGTH_MAX),
    summary:
      `${agents === 1 ? `${who} is` : `${agents} agents are`} in no entry of the registry, so nobody answers for what they may do. ` +
      `The first was ${who}${called(first)} on ${when(first.event_time)}, the latest ${shortAgentName(latest.agent_uid)}${called(latest)} on ${when(latest.event_time)}. ` +
      'They are treated as the strictest class and counted by where they come from, however many names they use.',
    expected: 'an entry of the registry for every agent that acts',
    observed: `${agents} without one, from ${shorten(workload, SUMMARY_NAME_LENGTH_MAX)}`,
    notVisible: ['Agents are counted by name: one that acts under two names counts twice.'],
  };
}
