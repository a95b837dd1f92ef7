/** Early warnings, approvals, cuts, and what was lost. */
import type { UnreportedCalls } from '@waywarden/schemas';
import {
  isDigest,
  joinedWords,
  SUMMARY_LENGTH_MAX,
  shortAgentName,
  shorten,
  TITLE_LENGTH_MAX,
} from '../domain/short-text.ts';
import { type ProvenCalls, storyOf } from './assembly.ts';
import type { Flags, Names, Numbers } from './deeds.ts';
import {
  type ChainCall,
  displayName,
  linksSentence,
  stepAgentName,
  stepToolName,
  titleName,
} from './links.ts';

export function closingGapWords(
  { completing, links }: ProvenCalls,
  done: ProvenCalls,
  { combination, asked, isDenied }: Names<'combination' | 'asked'> & Flags<'isDenied'>,
) {
  const { wire } = completing;
  const [who, tool] = [stepAgentName(completing), stepToolName(completing)];
  const at = wire.event_time.slice(11, 19);
  const end = isDenied
    ? 'It was refused, so nothing came of it.'
    : 'Nothing tells yet that it was done.';
  return {
    title: shorten(
      `${titleName(wire.agent_uid)} asks for the last step of ${combination}`,
      TITLE_LENGTH_MAX,
    ),
    summary: shorten(
      `${storyOf(done)}. At ${at} ${who} asked for ${tool} (${asked}), which would complete ${combination}: ${linksSentence(links)}. ${end}`,
      SUMMARY_LENGTH_MAX,
    ),
    reason: {
      text: `All steps of ${combination} but the last were done and lead to this request.`,
      expected: 'work that does not complete a dangerous combination',
      observed: `asked for ${asked}`,
    },
  };
}

export const combinationReasonWords = (id: string, steps: readonly unknown[], title?: string) => ({
  text: title ?? `All ${steps.length} steps of ${id} were done in order.`,
  expected: 'no agent or chain that does them all, linked',
});

interface UnseenValues extends Flags<'isSentUnseen' | 'isReadUnseen'> {
  readonly send: ChainCall;
  readonly read: ChainCall;
}

export function valuesUnseenWords({ send, read, isSentUnseen, isReadUnseen }: UnseenValues) {
  const [sender, sending] = [stepAgentName(send), stepToolName(send)];
  const [reader, reading] = [stepAgentName(read), stepToolName(read)];
  const sent = `the values that ${sender} sent out with ${sending}`;
  const got = `the values that ${reader} got from ${reading}`;
  const unseen = [...(isSentUnseen ? [sent] : []), ...(isReadUnseen ? [got] : [])];
  return {
    title: shorten(`${sender} sent out what could not all be followed`, TITLE_LENGTH_MAX),
    summary: `${reader} read what must not leave with ${reading}, and in the same piece of work ${sender} sent something out with ${sending}. Not all of ${unseen.join(', and of ')} were kept, so whether what was read is in what was sent is not known.`,
    not_visible: unseen.map((what) => `Some of ${what}: there were more than are kept.`),
  };
}

export const VALUES_UNSEEN_REASON = {
  text: 'More values stood in a call than are kept, and what was read may be among them.',
  expected: 'calls whose values are all kept',
  observed: 'values that were left out',
};

interface LostCalls {
  readonly agent: string;
  readonly count: number;
  readonly since: string;
  readonly symbols: readonly string[];
}

const LOST_WORDS = {
  links: 'More links lead to and from other chains than are followed',
  calls: 'Calls of this chain were given up for want of room',
  agents: 'This chain has more agents than are followed',
  flood: 'Calls were given up for want of room',
} as const;

function lossWords({ agent, count, since, symbols }: LostCalls): string {
  const who = agent === '' ? 'other agents' : shortAgentName(agent);
  const could = symbols.length === 0 ? '' : ` (${symbols.join(', ')})`;
  return `${count} of ${who} since ${since.slice(0, 19)}Z${could}`;
}

export function lostWords(what: keyof typeof LOST_WORDS, lost: readonly LostCalls[]): string {
  if (lost.length === 0) return `${LOST_WORDS[what]}.`;
  return `${LOST_WORDS[what]}: ${joinedWords(lost.map(lossWords))}. What follows from them is not evaluated.`;
}

function unreportedWords(unreported: readonly UnreportedCalls[]): string {
  const what = 'Of another chain that leads here, only the nearest calls are known';
  if (unreported.length === 0) return `${what}.`;
  const who = unreported.map(
    ({ agent_uid: agent, since, symbols }) =>
      `calls of ${shortAgentName(agent)} since ${since.slice(0, 19)}Z (${symbols.join(', ')})`,
  );
  return `${what}; not known are ${joinedWords(who)}.`;
}

function commonWords(count: number): string {
  const [what, are] = count === 1 ? ['value', 'is'] : ['values', 'are'];
  return `${count} ${what} used here ${are} seen in too many other chains to link by.`;
}

const ONLY_CLAIMED = 'only the caller says that the tool honours that.';
const NEW_HERE =
  'New here: what links these calls is not known to be rare before a day has been seen.';

interface ChainUnseen
  extends Numbers<'calls' | 'truncated' | 'claimed' | 'silent' | 'unlinked' | 'ungranted'>,
    Numbers<'agents' | 'commonValues' | 'requestsRefused' | 'workExceeded'>,
    Flags<'hasHubs' | 'isNewHere' | 'isPolicyKnown'> {
  readonly unreported: readonly UnreportedCalls[] | undefined;
  readonly lost: Readonly<Record<'links' | 'calls' | 'agents', readonly LostCalls[] | undefined>>;
}

export function chainUnseenWords(of: ChainUnseen): readonly string[] {
  const { calls: all, truncated, claimed, silent, unlinked, ungranted, lost } = of;
  const says: readonly (readonly [number | boolean, () => string])[] = [
    [truncated, () => `${truncated} of ${all} calls carried more values than are kept.`],
    [claimed, () => `${claimed} of ${all} calls asked for a dry run; ${ONLY_CLAIMED}`],
    [silent, () => `The result of ${silent} of ${all} calls showed no value that can be followed.`],
    [unlinked, () => `${unlinked} values were too common, or of a kind too common, to link by.`],
    [ungranted, () => `The grant of ${ungranted} of ${of.agents} agents is unknown.`],
    [of.hasHubs, () => 'A value passed through too many calls to follow all of them.'],
    [of.commonValues, () => commonWords(of.commonValues)],
    [of.isNewHere, () => NEW_HERE],
    [lost.links !== undefined, () => lostWords('links', lost.links ?? [])],
    [of.requestsRefused, () => 'More calls were asked for at once than are remembered.'],
    [of.unreported !== undefined, () => unreportedWords(of.unreported ?? [])],
    [lost.calls !== undefined, () => lostWords('calls', lost.calls ?? [])],
    [lost.agents !== undefined, () => lostWords('agents', lost.agents ?? [])],
    [of.workExceeded, () => 'This chain has more links than could be looked at.'],
    [!of.isPolicyKnown, () => 'The policy of this call was not at hand; the last one was used.'],
  ];
  return says.filter(([count]) => Number(count) > 0).map(([, text]) => text());
}

export function chainFloodWords(agent: string, { chains, ofNote }: Numbers<'chains' | 'ofNote'>) {
  return {
    title: shorten(
      `${titleName(agent)} opened so many pieces of work that ${chains} were given up`,
      TITLE_LENGTH_MAX,
    ),
    summary:
      `${displayName(agent)} has more pieces of work open than anybody else, and there was no room for more: ${chains} pieces of work were given up for want of room, ${ofNote} of them with something dangerous in it. ` +
      'What agents do together in these from now on can’t be judged; where one goes on, its alerts say so.',
    reason: {
      text: 'More pieces of work were open at once than can be followed, most of them opened by this agent.',
      expected: 'work that ends, or few pieces of it at once',
      observed: `${chains} given up`,
    },
  };
}

/** An alert's summary, and as much again on its approval. */
const APPROVED_LENGTH_MAX = 2 * SUMMARY_LENGTH_MAX;

type ApprovedFor = Names<'combination' | 'by' | 'reason' | 'from' | 'expires'>;

export function insideApprovalWords(summary: string, workflow: string, approval: ApprovedFor) {
  const { combination, by, reason, from, expires } = approval;
  return {
    title: shorten(
      `${workflow} stayed inside its approval of ${combination} by ${by}`,
      TITLE_LENGTH_MAX,
    ),
    summary: shorten(
      `${summary} No alarm: ${by} approved this for ${workflow} until ${expires} (${reason}), and every call of it stayed inside the approved envelope.`,
      APPROVED_LENGTH_MAX,
    ),
    reason: {
      text: shorten(
        `approved: ${reason} (by ${by}, from ${from} until ${expires})`,
        APPROVED_LENGTH_MAX,
      ),
      expected: `inside the envelope approved for ${workflow}`,
      observed: 'inside',
    },
  };
}

export function outsideApprovalWords(
  summary: string,
  { workflow, by, combination, expires }: Names<'workflow' | 'by' | 'combination' | 'expires'>,
  { element, expected, observed }: Names<'element' | 'expected' | 'observed'>,
) {
  const text =
    `Outside approved envelope: ${element} should be ${expected}, and was ${observed}. ` +
    `${by} approved ${combination} for ${workflow} until ${expires}.`;
  return {
    summary: shorten(`${summary} ${text}`, APPROVED_LENGTH_MAX),
    reason: {
      text: shorten(text, APPROVED_LENGTH_MAX),
      expected: `${element}: ${expected}`,
      observed: `${element}: ${observed}`,
    },
  };
}

export const NOT_SEEN_WHOLE = {
  element: 'volume',
  expected: 'a chain that is seen whole',
  observed: 'more calls than are kept',
} as const;

const CUT_LENGTH_MAX = 1000;
const cutAt = (text: string) => text.slice(0, CUT_LENGTH_MAX);

export const CUT_WORDS = {
  request: 'this call until a person agrees',
  payout: (payment: string | undefined, isCertain: boolean) => {
    const unsure = isCertain ? '' : ' (how its approval ended is not known)';
    return cutAt(`the payout of ${payment}${unsure}, until a person has looked at it`);
  },
  use: (thing: string, agent: string) => cutAt(`the use of ${thing}, which ${agent} reached`),
  otherUse: (thing: string) => cutAt(`whoever else uses ${thing}`),
  calls: (agent: string, how: keyof typeof STOPPED_BY) =>
    `${`further calls of ${agent} `.slice(0, 3 * CUT_LENGTH_MAX)}${STOPPED_BY[how]}`,
  task: (task: string) => `task ${task}`,
  otherWork: 'other work of the same agent outside this chain',
} as const;

const STOPPED_BY = {
  taskUntilAgreed: 'in this task until a person agrees',
  task: 'in this task',
  token: 'with this token',
  untilAgreed: 'until a person agrees',
  instance: 'by this instance',
} as const;

/** A fingerprint in its place names no payment to people. */
const paymentName = (id: string | undefined) =>
  id === undefined || isDigest(id) ? 'this payment' : `the payment ${id}`;

export const CUT_PROBLEMS = {
  another: 'Another agent, which the cut does not stop, completed it too.',
  payee: 'The payee that was added stays usable for other payments until a person has removed it.',
  payment: (id: string | undefined, system: string | undefined) =>
    cutAt(
      `No approval in this chain is known to be of ${paymentName(id)} in its system (${system ?? 'not known'}), so it is not held.`,
    ),
  leftBehind: (what: string, isNamed: boolean) => {
    const end = isNamed
      ? 'stays usable until a person has undone it.'
      : 'is not named in the call, so it stays usable.';
    return `What is left behind (${what.replaceAll('_', ' ')}) ${end}`;
  },
} as const;
