import type { AlertReason, Severity } from '@waywarden/schemas';
import type { Score } from '../../alerting/alarm.ts';
import { callEnding } from '../../domain/call-ending.ts';
import { dayOf } from '../../domain/day.ts';
import { toolName } from '../../state/agent/joined-names.ts';
import { noveltyReasonWords, noveltyWords, type SeenValue } from '../../wording/novelty.ts';
import { ownBaseline } from '../feature.ts';
import { baselineOf } from '../peers/peer-snapshots.ts';
import { isUnknownTool } from './kinds.ts';
import { waitingOf } from './known-values.ts';
import { chanceOf, NEW_CHANCE_MAX, type Novel, type Surprise, sameOf } from './novel-value.ts';

const RULE = 'first-seen';
function seenOf({ event, kind, value, known, times }: Novel, surprise?: Surprise): SeenValue {
  const { peers, peerValue } = surprise ?? {};
  return {
    ...{ event, name: kind.name, value, times, n: known.n, distinct: known.distinct },
    have: peers && peerValue && { level: peers.level, ...peerValue },
  };
}

export function noveltyReason(novel: Novel, surprise: Surprise | undefined): AlertReason {
  const { kind, known, times, print } = novel;
  const isWaiting = times === 0 && waitingOf(known, print) !== undefined;
  const isLeaning = surprise?.isColdStart === true && surprise.peerValue !== undefined;
  return {
    feature: kind.name,
    ...noveltyReasonWords(seenOf(novel, surprise), isWaiting),
    p_value: Number(
      (isLeaning ? (surprise.peerValue?.newChance ?? 1) : chanceOf(novel)).toPrecision(6),
    ),
    baseline_n: isLeaning ? (surprise.peerValue?.agents ?? 0) : known.n,
    level: isLeaning ? (surprise.peers?.level ?? 'agent') : 'agent',
    threshold: NEW_CHANCE_MAX,
    threshold_source: 'static',
  };
}

function severityOf({ event, kind }: Novel, { isMild }: Surprise): Severity {
  return isMild || callEnding(event) === 'failed' ? 'low' : kind.severity(event);
}

export function noveltyAlarm(novel: Novel, surprise: Surprise): Pick<Score, 'alarm' | 'baseline'> {
  const { event, kind, value, known } = novel;
  const { n, since } = known;
  const same = sameOf(kind, value, callEnding(event) === 'failed');
  const isLeaning = surprise.isColdStart && surprise.peers !== undefined;
  return {
    alarm: {
      kind: 'behavior_deviation',
      ruleId: RULE,
      severity: severityOf(novel, surprise),
      dedupeKey: toolName(event.tool),
      ...noveltyWords(seenOf(novel, surprise), {
        ...{ sinceDay: since, isUnknownTool: isUnknownTool(event) },
        comparedWith: surprise.peers && (surprise.isColdStart ? 'peers' : 'both'),
      }),
      evidence: [],
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
