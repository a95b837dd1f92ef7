/**
 * Does this call obey text that the agent read, rather than what it was asked? The facet around the
 * instruction match (`../instruction-match/`): its context per agent and chain, its history per
 * agent, and the alarm in words.
 *
 * Method: a sum of points over the best passage that explains the call, with fixed weights
 * (`../instruction-match/score-call.ts`, `weights.ts`). Source: AgentDojo's benign runs and published attacks
 * (docs/measurements/agentdojo.md).
 * Limits: what the agent itself read in the same chain (what another read: `../assembly/obeyed-text.ts`); an
 * instruction whose words and values the call does not repeat is not seen, nor one for which the source sends no
 * hashes.
 */
import { type AlertReason, type AuditEvent, allSources, sourceNameOf } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { showsHabit } from '../call-ending.ts';
import { idsOf } from '../instruction-match/call-digest.ts';
import { type Judged, judgeObeying } from '../instruction-match/is-obeying.ts';
import {
  EMPTY_CONTEXT,
  type MatchContext,
  observe,
  type PassageSeen,
} from '../instruction-match/match-context.ts';
import { askWords, signWords } from '../instruction-match/passage-words.ts';
import type { CallScore } from '../instruction-match/score-call.ts';
import { ALARM } from '../instruction-match/weights.ts';
import { agentKey } from '../kept/agent-key.ts';
import { turnOf, workOf } from '../piece-of-work.ts';
import { scoreRank } from '../profile/odd-task.ts';
import { shorten } from '../short-text.ts';
import { type Chance, type Facet, type FacetAlarm, type FacetScore, WordedScore } from './facet.ts';
import {
  historyScored,
  historyToLearn,
  historyToScore,
  type InstructionHistory,
} from './instruction-history.ts';
import { agentName } from './novelty-words.ts';
import { toCall, toResult } from './to-match-input.ts';

const TITLE_LENGTH_MAX = 90;

/** Of the latest event: it is asked for to score, for other stages and to learn. */
let keyed: { readonly event: AuditEvent; readonly key: string } | undefined;

function contextKey(event: AuditEvent): string {
  if (keyed?.event === event) return keyed.key;
  const key = agentKey(event, 'context', event.chain_id);
  keyed = { event, key };
  return key;
}

/** Pieces of work of an agent of which is kept what it read; the earliest begun is forgotten. */
export const CHAINS_KEPT_MAX = 32;

/** A new piece of work is kept beside the agent's others. */
function keepChain(draft: Draft, event: AuditEvent): void {
  const key = agentKey(event, 'chains');
  const kept = draft.get<readonly string[]>(key) ?? [];
  const forgotten = kept.length >= CHAINS_KEPT_MAX ? kept[0] : undefined;
  if (forgotten !== undefined) draft.delete(agentKey(event, 'context', forgotten));
  draft.put(key, [...kept, event.chain_id].slice(-CHAINS_KEPT_MAX));
}

/** What the agent has read in this chain before the call. */
export function contextOf(draft: Draft, event: AuditEvent): MatchContext {
  return draft.get<MatchContext>(contextKey(event)) ?? EMPTY_CONTEXT;
}

/** A value that the text gave and the call used says more than where the text stood. */
function originsOf(event: AuditEvent, { passage }: CallScore): FacetAlarm['origins'] {
  const source = passage?.source;
  if (source === undefined) return undefined;
  const used = new Set((event.args?.values ?? []).map(({ fp }) => fp));
  const planted = source.values.filter((fp) => used.has(fp)).sort()[0];
  const origins = [
    ...(planted === undefined ? [] : [{ fp: planted }]),
    ...(source.resource === undefined ? [] : [{ resource_id: source.resource }]),
  ];
  return origins.length === 0 ? undefined : origins;
}

/** By passage: who is led astray obeys the same text call after call. */
const TEXTS = new WeakMap<PassageSeen, string>();

/** By its words and not by who brought it: read again, or told by a source that proves it, it is the same text. */
function textOf(passage: PassageSeen): string {
  const known = TEXTS.get(passage);
  if (known !== undefined) return known;
  const { kind, actions, meta, tokens } = passage;
  const text = JSON.stringify([kind, ...[actions, meta, tokens].map((each) => [...each].sort())]);
  TEXTS.set(passage, text);
  return text;
}

/** By which passage the call is explained, and what of it the call used: to whom it sends or pays, for example. */
function obeyedBy(event: AuditEvent, { passage }: CallScore): NonNullable<FacetAlarm['obeyed']> {
  if (passage === null) {
    const to = event.target?.resource_id;
    return { text: '', values: to === undefined ? [] : [to] };
  }
  const given = new Set(passage.ids);
  const used = new Set(idsOf(toCall(event)).filter((id) => given.has(id)));
  return { text: textOf(passage), values: [...used].sort() };
}

function readingOf({ eventId, nativeId, assurance }: PassageSeen): FacetAlarm['evidence'][number] {
  const role = 'read_instruction';
  return nativeId === undefined
    ? { eventId, role, assurance }
    : { eventId, nativeId, role, assurance };
}

/** Of the reading and of the call that acts on it; without a passage it rests on all that was read. */
function sourcesOf(event: AuditEvent, { passage }: CallScore): FacetAlarm['sources'] {
  return allSources([passage?.toldBy, sourceNameOf(event)]);
}

function alarmOf(event: AuditEvent, scored: CallScore): FacetAlarm {
  const who = agentName(event);
  const tool = event.tool?.name ?? event.activity;
  const passage = scored.passage;
  const named = event.task?.purpose === undefined;
  const signs = passage === null ? '' : signWords(passage);
  const marked = signs === '' ? '' : ` It reads like planted text: ${signs}.`;
  const alarm: { -readonly [K in keyof FacetAlarm]: FacetAlarm[K] } = {
    kind: 'hijack_suspected',
    ruleId: 'hijack-instruction-match',
    severity: 'high',
    basis: 'text',
    dedupeKey: workOf(event),
    obeyed: obeyedBy(event, scored),
    // What it was asked for comes with the call, and what it obeyed was read.
    isSelfContained: !named && passage !== null,
    // Without a passage that explains it, nothing is known to have been obeyed.
    title: shorten(
      passage === null
        ? `${who} called ${tool} as its request does not explain`
        : `${who} obeyed text in a tool result instead of its task`,
      TITLE_LENGTH_MAX,
    ),
    summary:
      `${who} called ${tool} with values that ${named ? 'are in no request that was sent' : 'its request does not name'}. ` +
      (passage === null
        ? 'No single passage explains it; the signs are listed below.'
        : `They stand in a result that it had read before, in a passage that ${askWords(passage)}.${marked}`),
    evidence: passage === null ? [] : [readingOf(passage)],
    notVisible: named
      ? ['The request itself was not sent, so nothing could be excused by it.']
      : [],
    taxonomy: { owasp: ['ASI01'], atlas: ['AML.T0051.001', 'AML.T0053'] },
  };
  const [origins, sources] = [originsOf(event, scored), sourcesOf(event, scored)];
  if (origins !== undefined) alarm.origins = origins;
  if (sources !== undefined) alarm.sources = sources;
  return alarm;
}

/** Each says its share of the one sum that is held against the limit; the weak context counts only against the higher. */
function reasonsOf({ scored, threshold, sum }: Judged): readonly AlertReason[] {
  const isAll = threshold === ALARM;
  const expected = `less than ${threshold} points in sum`;
  return scored.explain().map(({ feature, text, points }) => ({
    feature,
    text,
    expected: isAll ? expected : `${expected}, weak signs left out`,
    observed:
      isAll || feature !== 'context'
        ? `${points.toFixed(2)} of ${sum.toFixed(2)} points`
        : `${points.toFixed(2)} points beside ${sum.toFixed(2)}`,
    threshold,
    threshold_source: 'static',
    // The limit is shipped: no history of the agent moves it.
    level: 'shipped',
  }));
}

function judgedCall(draft: Draft, event: AuditEvent, history: InstructionHistory): Judged {
  const isAsked = (event.task?.purpose?.tokens.length ?? 0) > 0;
  return judgeObeying({ context: contextOf(draft, event), call: toCall(event), history }, isAsked);
}

export const instructionMatch: Facet = {
  name: 'instruction_match',

  score(draft: Draft, event: AuditEvent): FacetScore | null {
    const judged = judgedCall(draft, event, historyToScore(draft, event));
    const { scored, isObeying, isDoubtful } = judged;
    const score = {
      facet: 'instruction_match',
      points: scored.score,
      weight: 1,
      more: {
        doubtful: isDoubtful,
        alarm: isObeying ? alarmOf(event, scored) : undefined,
      },
    };
    return new WordedScore(score, () => reasonsOf(judged));
  },

  /** Alarms rest on the text that is obeyed and not on this, so alerts don't state it. */
  chances(draft: Draft, event: AuditEvent): readonly Chance[] {
    const { scored } = judgedCall(draft, event, historyScored(draft, event));
    const rank = scoreRank(draft, event, scored.score);
    return rank === undefined
      ? []
      : [{ feature: 'instruction_match', probability: rank, per: 'call' }];
  },

  learn(draft: Draft, event: AuditEvent, flagged: boolean): void {
    const call = toCall(event);
    const context = contextOf(draft, event);
    const history = historyToLearn(draft, event);
    // What was denied or failed is no work that the agent is used to.
    if (!flagged && showsHabit(event)) history.learn(call, context.previousTool, turnOf(event));
    // What was read is context, not normality: it is observed whether the call was flagged or not.
    if (context === EMPTY_CONTEXT) keepChain(draft, event);
    draft.put(contextKey(event), observe(context, call, toResult(event)));
  },
};
