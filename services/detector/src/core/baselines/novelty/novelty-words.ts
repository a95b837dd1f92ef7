import type { AlertReason, Severity } from '@waywarden/schemas';
import type { Score } from '../../alerting/alarm.ts';
import { agentName } from '../../domain/agent-name.ts';
import { callEnding } from '../../domain/call-ending.ts';
import { dateOfDay, dayOf } from '../../domain/day.ts';
import { mayHaveHappened } from '../../domain/irreversible.ts';
import { counted, shorten, TITLE_LENGTH_MAX } from '../../domain/short-text.ts';
import { toolName } from '../../state/agent/joined-names.ts';
import { endingWords } from '../../wording/deeds.ts';
import { ownBaseline } from '../own-baseline.ts';
import { baselineOf, LEANING_NOTE } from '../peers/peer-snapshots.ts';
import { isUnknownTool } from './kinds.ts';
import { waitingOf } from './known-values.ts';
import { chanceOf, NEW_CHANCE_MAX, type Novel, type Surprise, sameOf } from './novel-value.ts';

const RULE = 'first-seen';
const UNKNOWN_NOTE =
  'What the tool does can’t be told: no catalogue entry, no annotation and no word of its name says so. An entry under the registry’s tools would.';
const PERHAPS_NOTE = 'Whether it took effect before it ended so is not visible.';

function whatOf({ event, kind, value }: Novel): string {
  const isDone = callEnding(event) === 'done';
  const what = kind.describe(value, event, isDone).slice(0, 60);
  return isDone ? what : `tried ${what}, ${endingWords(event)}`;
}

function peersClaimed({ peers, peerValue }: Surprise): string {
  if (peers === undefined || peerValue === undefined) return '';
  const whose = peers.level === 'tenant' ? 'agents of its tenant' : 'of its peers';
  return `; ${peerValue.have} of ${peerValue.agents} ${whose} ${peerValue.have === 1 ? 'has' : 'have'}`;
}

export function noveltyReason(novel: Novel, surprise: Surprise | undefined): AlertReason {
  const { kind, known, times, print } = novel;
  const { n, distinct } = known;
  const isWaiting = times === 0 && waitingOf(known, print) !== undefined;
  const note = isWaiting ? '; calls that were doubted or lacked an approval had it before' : '';
  const peers = surprise === undefined ? '' : peersClaimed(surprise);
  const isLeaning = surprise?.isColdStart === true && surprise.peerValue !== undefined;
  return {
    feature: kind.name,
    text: `${whatOf(novel)}: seen in ${times} of ${counted(n, 'counted call')} of this agent${peers}${note}.`,
    expected: `a new one in about ${((distinct / Math.max(1, n + distinct)) * 100).toFixed(1)} % of calls`,
    observed: times === 0 ? 'never before' : `${counted(times, 'time')} before`,
    p_value: Number(
      (isLeaning ? (surprise.peerValue?.newChance ?? 1) : chanceOf(novel)).toPrecision(6),
    ),
    baseline_n: isLeaning ? (surprise.peerValue?.agents ?? 0) : n,
    level: isLeaning ? (surprise.peers?.level ?? 'agent') : 'agent',
    threshold: NEW_CHANCE_MAX,
    threshold_source: 'static',
  };
}

function signalsOf({ event }: Novel, { peers, isColdStart }: Surprise): readonly string[] {
  const isPerhaps = callEnding(event) !== 'done' && mayHaveHappened(event.effect);
  return [
    ...(isPerhaps ? [PERHAPS_NOTE] : []),
    ...(isUnknownTool(event) ? [UNKNOWN_NOTE] : []),
    ...(peers === undefined
      ? ['Peers were not compared: too little is known of any group of this agent.']
      : isColdStart
        ? [LEANING_NOTE]
        : []),
  ];
}

function severityOf({ event, kind }: Novel, { isMild }: Surprise): Severity {
  return isMild || callEnding(event) === 'failed' ? 'low' : kind.severity(event);
}

export function noveltyAlarm(novel: Novel, surprise: Surprise): Pick<Score, 'alarm' | 'baseline'> {
  const { event, kind, value, known } = novel;
  const { n, distinct, since } = known;
  const who = agentName(event);
  const what = whatOf(novel);
  const same = sameOf(kind, value, callEnding(event) === 'failed');
  const history =
    n === 0
      ? 'It was never seen before'
      : `In ${counted(n, 'counted call')} since ${dateOfDay(since)} it never did; ${distinct} other values were seen`;
  const isLeaning = surprise.isColdStart && surprise.peers !== undefined;
  return {
    alarm: {
      kind: 'behavior_deviation',
      ruleId: RULE,
      severity: severityOf(novel, surprise),
      dedupeKey: toolName(event.tool),
      title: shorten(`${who}: ${what}, for the first time`, TITLE_LENGTH_MAX),
      summary: `${who} ${what}. ${history}${peersClaimed(surprise)}.`,
      evidence: [],
      notVisible: signalsOf(novel, surprise),
      taxonomy: { owasp: ['ASI02'], atlas: ['AML.T0053'] },
      grouping: { amounts: [[same, 0]], alike: `new|${event.effect}` },
    },
    baseline: isLeaning
      ? baselineOf(surprise.peers, surprise.peerValue?.agents ?? 0)
      : ownBaseline({ sinceDay: since, day: dayOf(event), n }),
  };
}

/** The gravest new value reports the call and lists the rest. */
export function asOneNovelty(scores: readonly Score[]): readonly Score[] {
  const novel = scores.filter(({ alarm }) => alarm?.ruleId === RULE);
  const lead = novel.find(({ alarm }) => alarm?.severity !== 'low') ?? novel[0];
  if (lead?.alarm === undefined || novel.length < 2) return scores;
  const others = novel.filter((one) => one !== lead);
  const amounts = novel.flatMap(({ alarm }) => alarm?.grouping?.amounts ?? []);
  const one: Score = {
    ...lead,
    reasons: () => novel.flatMap(({ reasons }) => reasons()),
    alarm: { ...lead.alarm, grouping: { ...lead.alarm.grouping, amounts } },
  };
  return scores.flatMap((score) =>
    score === lead ? [one] : others.includes(score) ? [] : [score],
  );
}
