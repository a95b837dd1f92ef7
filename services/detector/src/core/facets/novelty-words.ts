/**
 * A new value in words. What stood only in calls that a facet declined to count is not called new: it is
 * said what became of those calls, since whoever looks finds them in the agent's past.
 */
import {
  type AlertReason,
  type AuditEvent,
  type Effect,
  epochMs,
  type Severity,
} from '@waywarden/schemas';
import { agentName } from '../agent-name.ts';
import { callEnding, endingWords } from '../call-ending.ts';
import { mayHaveHappened } from '../irreversible.ts';
import type { Declined } from '../kept/declined-prints.ts';
import { baselineOf, LEANING_NOTE } from '../peers/peer-snapshots.ts';
import { counted, shorten } from '../short-text.ts';
import { dateOfDay } from '../volume/block-maxima.ts';
import type { FacetAlarm, FacetScore } from './facet.ts';
import { LASTING, type Surprise, saidOf, surprisedPeers } from './novelty-surprise.ts';
import { ownBaseline } from './own-baseline.ts';

/** The alarm needs a probability of anything new at or below this. */
export const NEW_PROBABILITY_MAX = 0.02;
/** The same of a tool of which nothing is known (`unknown-tool.ts`). */
export const UNKNOWN_NEW_CHANCE = 0.01;
const NAME_LENGTH_MAX = 40;
const TITLE_LENGTH_MAX = 90;
const DAY_MS = 86_400_000;

const dayOfEvent = ({ event_time: at }: AuditEvent) => Math.floor(epochMs(at) / DAY_MS);

/** How people call the agent, in all alerts alike. */
export { agentName };

/** What is said of a value: its own words, and what is known of it before the call. */
export interface NoveltyWords {
  readonly event: AuditEvent;
  readonly value: string;
  readonly what: string;
  readonly name: string;
  readonly severity: Severity;
  readonly ruleId: string;
  /** Calls that were counted, how many values they had, and since which day. */
  readonly calls: number;
  readonly others: number;
  readonly since: number;
  readonly count: number;
  readonly declined: Declined | undefined;
  /** What kept it from being counted is that a decision was missing, and nothing else. */
  readonly isUnpermitted: boolean;
  /** Nothing says what the call does. */
  readonly isUnknown: boolean;
  /** What the agent declared of itself beforehand. */
  readonly ownChange: string | undefined;
  /** It was told that it was tried, since that day, and now it is done. */
  readonly failedBefore: number | undefined;
  /** Some of its calls were doubted or alarmed on, and are not among those that were counted. */
  readonly isLessThanAll: boolean;
}

const isDone = (event: AuditEvent) => callEnding(event) === 'done';

/** A failed call did not do what it is about: `tried to delete something, which failed (tool_error)`. */
function toldOf({ what, event }: NoveltyWords): string {
  return isDone(event) ? what : `tried ${what}, ${endingWords(event)}`;
}

function declinedSaid({ first, isFlagged }: Declined, isUnpermitted: boolean): string {
  const doubted = isFlagged ? 'were doubted or alarmed on' : 'were doubted';
  const why = isUnpermitted ? 'lacked an approval of their own' : doubted;
  return `it stood before in calls that ${why} (since ${dateOfDay(first)}), which are not counted`;
}

export function reasonWords(
  words: NoveltyWords,
  { p, effect }: { readonly p: number; readonly effect: Effect | undefined },
  surprise: Surprise | undefined,
): AlertReason {
  const { name, calls, count, others, declined, isUnknown } = words;
  const isDeclined = count === 0 && declined !== undefined;
  const seen =
    calls === 0 && !isDeclined
      ? 'never seen'
      : `seen in ${count} of ${counted(calls, earlierOf(words))}`;
  const note = isDeclined ? `; ${declinedSaid(declined, words.isUnpermitted)}` : '';
  const never = isDeclined ? 'only in calls that are not counted' : 'never before';
  const own = {
    expected:
      calls === 0
        ? 'nothing yet: no such call was counted before'
        : `a new one in about ${((others / (calls + others)) * 100).toFixed(1)} % of calls`,
    observed: count === 0 ? never : `${counted(count, 'time')} before`,
    p_value: Number(Math.min(1, p).toPrecision(6)),
    baseline_n: calls,
    level: 'agent',
    threshold: isUnknown ? UNKNOWN_NEW_CHANCE : NEW_PROBABILITY_MAX,
  } as const;
  return {
    feature: name,
    text: `${toldOf(words)}: ${seen} of this agent${saidOf(surprise)}${note}.`,
    ...(surprisedPeers(surprise, effect) ?? own),
    threshold_source: 'static',
  };
}

/** Whoever looks finds the others too: what was doubted or alarmed on is in the agent's past. */
const earlierOf = ({ isLessThanAll }: Pick<NoveltyWords, 'isLessThanAll'>) =>
  isLessThanAll ? 'counted earlier call' : 'earlier call';

function othersSaid({ others, isLessThanAll }: NoveltyWords): string {
  const were = others === 1 ? 'one other was' : `${others} others were`;
  return isLessThanAll
    ? `${were} counted in that time, without what was doubted or alarmed on`
    : `${were} seen in that time`;
}

function historySaid(words: NoveltyWords): string {
  const { calls, since, declined, isUnpermitted, failedBefore } = words;
  const own =
    calls === 0
      ? 'It was never seen before'
      : `In ${counted(calls, earlierOf(words))} since ${dateOfDay(since)} it never did; ${othersSaid(words)}`;
  if (failedBefore !== undefined) {
    return `${own}; it failed at this before (since ${dateOfDay(failedBefore)}), which was told`;
  }
  if (declined === undefined) return own;
  const said = declinedSaid(declined, isUnpermitted);
  if (calls === 0) return said.charAt(0).toUpperCase() + said.slice(1);
  return `${own}; ${said}`;
}

function deedOf({ event, declined, isUnknown }: NoveltyWords): string {
  const { effect } = event;
  if (isUnknown) return 'called a tool of which nothing is known';
  if (!isDone(event)) return `tried something that is not known of it (${effect})`;
  return declined === undefined
    ? `did something new that has an effect (${effect})`
    : `did something that has an effect and is not known of it (${effect})`;
}

const ownChangeSaid = (of: string | undefined) =>
  of === undefined
    ? ''
    : ` It was declared beforehand by itself (${shorten(of, NAME_LENGTH_MAX)}), in no other’s proven name, which does not count.`;

const UNKNOWN_NOTE =
  'What the tool does can’t be told: no catalogue entry, no annotation and no word of its name says so. An entry under the registry’s tools would.';

const REFUSED_NOTE =
  'Calls that were refused or only rehearsed are among no earlier calls: whether this was tried so before is not kept.';

const PERHAPS_NOTE = 'Whether it took effect before it ended so is not visible.';

function notVisibleOf(
  { event, isUnknown }: NoveltyWords,
  { peers, isYoung }: Surprise,
): readonly string[] {
  const { outcome, effect } = event;
  const isPerhaps =
    !isDone(event) && outcome !== 'protocol_error' && (isUnknown || mayHaveHappened(effect));
  const unknown = [
    ...(isPerhaps ? [PERHAPS_NOTE] : []),
    ...(isUnknown ? [UNKNOWN_NOTE] : []),
    REFUSED_NOTE,
  ];
  if (peers === undefined) {
    return [...unknown, 'Peers were not compared: too little is known of any group of this agent.'];
  }
  return isYoung ? [...unknown, LEANING_NOTE] : unknown;
}

export const noveltyKey = (name: string, value: string): string => `${name}|${value}`;

const TRIED = '|tried';

/** What people judge with an alert of a value, done and tried: that a failure was harmless says nothing of the deed. */
export const noveltySame = (
  ruleId: string,
  key: string,
): readonly [done: string, tried: string] => [`${ruleId}|${key}`, `${ruleId}|${key}${TRIED}`];

export function alarmWords(
  words: NoveltyWords,
  surprise: Surprise,
): Pick<FacetScore, 'alarm' | 'baseline'> {
  const { event, value, name, ruleId, severity, declined, calls, since } = words;
  const who = agentName(event);
  const { peers, said, isYoung, isMild } = surprise;
  const when = declined === undefined ? 'for the first time' : 'which has not settled';
  const did = deedOf(words);
  const what = toldOf(words);
  const key = noveltyKey(name, value);
  const [done, tried] = noveltySame(ruleId, key);
  const isFailed = callEnding(event) === 'failed';
  const alarm: { -readonly [K in keyof FacetAlarm]: FacetAlarm[K] } = {
    kind: 'behavior_deviation',
    ruleId,
    severity: isMild && severity !== 'high' ? 'low' : severity,
    dedupeKey: key,
    same: [[isFailed ? tried : done, 0]],
    alike: 'new',
    title: shorten(`${who}: ${what}, ${when}`, TITLE_LENGTH_MAX),
    summary: `${who} ${did}: ${what}. ${historySaid(words)}${saidOf(surprise)}.${ownChangeSaid(words.ownChange)}`,
    evidence: [],
    notVisible: notVisibleOf(words, surprise),
    taxonomy: { owasp: ['ASI02'], atlas: ['AML.T0053'] },
    // What all of a group begin to do at once is told with the rest of them.
    isLasting: LASTING.has(event.effect) && !isMild,
  };
  if (words.failedBefore !== undefined) alarm.retells = true;
  const isLeaning = isYoung && peers !== undefined && said !== undefined;
  const own = { sinceDay: since, day: dayOfEvent(event), n: calls };
  return { alarm, baseline: isLeaning ? baselineOf(peers, said.agents) : ownBaseline(own) };
}
