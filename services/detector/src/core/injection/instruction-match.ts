/**
 * Does this call obey text that the agent read? A calibrated probability over fourteen terms (`judge-hijack.ts`), fitted
 * on public runs (docs/measurements/outside.md).
 */
import {
  type AlertReason,
  type Assurance,
  type AuditEvent,
  allSources,
  assuranceAtLeast,
  epochMs,
  MARKED,
  sourceNameOf,
} from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import type { Alarm, AlarmEvidence, Score } from '../alerting/alarm.ts';
import type { Feature, Flag } from '../baselines/feature.ts';
import { ACT_ACTIVITIES } from '../domain/acts.ts';
import { showsHabit } from '../domain/call-ending.ts';
import { DAY_MS } from '../domain/day.ts';
import { decisiveAssurance } from '../domain/decisive-assurance.ts';
import { agentStateKey } from '../state/agent/agent-key.ts';
import { toolName } from '../state/agent/joined-names.ts';
import { turnOf } from '../state/agent/piece-of-work.ts';
import { evidenceTermWords, hijackWords } from '../wording/hijack.ts';
import { historyOf, learnHistory } from './agent-history.ts';
import { idsOf, toCall, toReading } from './call-view.ts';
import { evidenceModel, explainEvidence, type HijackJudgement, judgeCall } from './judge-hijack.ts';
import {
  EMPTY_CONTEXT,
  isNamedSource,
  observe,
  type PassageSeen,
  type ReadContext,
  strongestPassages,
  withPassages,
} from './read-context.ts';

export const CHAINS_STORED_MAX = 32;
export const PLANTED_STORED_MAX = 8;

type ChainUse = readonly [chain: string, assurance: Assurance];

const contextKey = (event: AuditEvent, chain: string) => agentStateKey(event, 'context', chain);
const plantedKey = (event: AuditEvent) => agentStateKey(event, 'planted');

function chainContext(transaction: Transaction, event: AuditEvent): ReadContext {
  return transaction.get<ReadContext>(contextKey(event, event.chain_id)) ?? EMPTY_CONTEXT;
}

/**
 * What an agent has read: a context for each open task, and planted texts of all. Evicted by proof and latest use.
 */
export function contextOf(transaction: Transaction, event: AuditEvent): ReadContext {
  const own = chainContext(transaction, event);
  const planted = transaction.get<readonly PassageSeen[]>(plantedKey(event));
  if (planted === undefined) return own;
  const since = epochMs(event.event_time) - DAY_MS;
  const met = new Set(own.passages.map(({ eventId, index }) => `${eventId} ${index}`));
  const others = planted.filter(
    ({ atMs, eventId, index }) => atMs >= since && !met.has(`${eventId} ${index}`),
  );
  if (others.length === 0) return own;
  const elsewhere = others.map((passage) => ({ ...passage, isOfOtherWork: true as const }));
  return { ...own, passages: [...own.passages, ...elsewhere] };
}

/** Asserted before proven, then the longest unused. */
function evicted(uses: readonly ChainUse[]): ChainUse | undefined {
  if (uses.length <= CHAINS_STORED_MAX) return undefined;
  return uses.find(([, assurance]) => !assuranceAtLeast(assurance, 'authenticated')) ?? uses[0];
}

function storeUse(transaction: Transaction, event: AuditEvent): boolean {
  const key = agentStateKey(event, 'chains');
  const before = transaction.get<readonly ChainUse[]>(key) ?? [];
  const proof = decisiveAssurance(event);
  const known = before.find(([chain]) => chain === event.chain_id);
  const best = known !== undefined && assuranceAtLeast(known[1], proof) ? known[1] : proof;
  const others = before.filter((one) => one !== known);
  const uses: readonly ChainUse[] = [...others, [event.chain_id, best]];
  const gone = evicted(uses);
  if (gone !== undefined) transaction.delete(contextKey(event, gone[0]));
  const isSame = before.at(-1) === known && known?.[1] === best;
  if (!isSame)
    transaction.put(
      key,
      uses.filter((one) => one !== gone),
    );
  return gone?.[0] !== event.chain_id;
}

export function learnReading(transaction: Transaction, event: AuditEvent): void {
  const [call, reading] = [toCall(event), toReading(event)];
  const before = chainContext(transaction, event);
  const after = observe(before, call, reading);
  if (storeUse(transaction, event)) transaction.put(contextKey(event, event.chain_id), after);
  const marked = reading?.passages.some(({ mark }) => mark >= MARKED) === true;
  if (reading === null || !marked) return;
  const key = plantedKey(event);
  const planted = transaction.get<readonly PassageSeen[]>(key) ?? [];
  const all = withPassages(planted, reading, isNamedSource(call));
  transaction.put(
    key,
    strongestPassages(
      all.filter(({ mark }) => mark >= MARKED),
      PLANTED_STORED_MAX,
    ),
  );
}

const READS: ReadonlySet<string> = new Set(['tool_list', 'prompt_get', 'model_call']);

export function staysInside({ effect, capabilities }: Pick<AuditEvent, 'effect' | 'capabilities'>) {
  const has = (symbol: string) => capabilities.some((one) => one.symbol === symbol);
  return effect === 'send' && has('send:internal') && !has('send:external');
}

/** A given value says more than the text's place. */
function originsOf(
  event: AuditEvent,
  { source }: PassageSeen,
): NonNullable<Alarm['claims']>['origins'] {
  if (source === undefined) return undefined;
  const used = new Set((event.args?.values ?? []).map(({ fp }) => fp));
  const planted = source.values.filter((fp) => used.has(fp)).sort()[0];
  const origins = [
    ...(planted === undefined ? [] : [{ fp: planted }]),
    ...(source.resource === undefined ? [] : [{ resource_id: source.resource }]),
  ];
  return origins.length === 0 ? undefined : origins;
}

function injectedBy(
  event: AuditEvent,
  passage: PassageSeen | null,
): { readonly text: string; readonly values: readonly string[] } {
  if (passage === null) {
    const to = event.target?.resource_id;
    return { text: '', values: to === undefined ? [] : [to] };
  }
  const given = new Set(passage.ids);
  const used = new Set(idsOf(toCall(event)).filter((id) => given.has(id)));
  // By its words, not its source.
  return { text: JSON.stringify([...passage.tokens].sort()), values: [...used].sort() };
}

function readingOf({ eventId, nativeId, assurance }: PassageSeen): AlarmEvidence {
  const role = 'read_instruction';
  return nativeId === undefined
    ? { eventId, role, assurance }
    : { eventId, nativeId, role, assurance };
}

function alarmOf(
  event: AuditEvent,
  { judgement, hasUnread }: ReturnType<typeof judgeEvent>,
  severity: Alarm['severity'],
): Alarm {
  const { passage, paths } = judgement.evidence;
  const isNamed = event.task?.purpose !== undefined;
  const origins = passage === null ? undefined : originsOf(event, passage);
  const sources = allSources([passage?.reportedBy, sourceNameOf(event)]);
  const { text, values } = injectedBy(event, passage);
  return {
    kind: 'hijack_suspected',
    ruleId: 'hijack-instruction-match',
    severity,
    dedupeKey: severity === 'high' ? toolName(event.tool) : 'less-sure',
    ...hijackWords(event, {
      ...{ passage, paths, isBlind: judgement.isBlind, hasUnread },
      hasArguments: toCall(event).items.length > 0,
    }),
    evidence: passage === null ? [] : [readingOf(passage)],
    taxonomy: { owasp: ['ASI01'], atlas: ['AML.T0051.001', 'AML.T0053'] },
    claims: {
      basis: 'text',
      isSelfContained: isNamed && passage !== null,
      ...{ origins, sources },
    },
    grouping: { renews: 'work', amounts: [[`${text}|${values.join()}`, 0]] },
  };
}

function reasonsOf({ evidence, probability }: HijackJudgement): readonly AlertReason[] {
  const model = evidenceModel();
  return explainEvidence(evidence, model).map(({ term, text, value, worth }) => ({
    feature: term,
    text,
    ...evidenceTermWords(value, worth, { all: probability, medium: model.medium }),
    threshold: model.medium,
    threshold_source: 'static',
    level: 'shipped',
  }));
}

export function judgeEvent(transaction: Transaction, event: AuditEvent) {
  const context = contextOf(transaction, event);
  const history = historyOf(transaction, event);
  const judgement = judgeCall({ context, call: toCall(event), history });
  const severity =
    judgement.severity === 'high' && staysInside(event) ? 'medium' : judgement.severity;
  return { judgement, severity, hasUnread: context.hasUnread };
}

export const instructionMatch: Feature = {
  name: 'instruction_match',
  activities: new Set([...ACT_ACTIVITIES, ...READS]),

  score(transaction: Transaction, event: AuditEvent): Score | null {
    if (!ACT_ACTIVITIES.has(event.activity)) return null;
    const judged = judgeEvent(transaction, event);
    const { judgement, severity } = judged;
    return {
      feature: 'instruction_match',
      points: judgement.probability * 6,
      weight: 1,
      reasons: () => reasonsOf(judgement),
      isDoubtful: judgement.isDoubtful,
      alarm: severity === null ? undefined : alarmOf(event, judged, severity),
    };
  },

  learn(transaction: Transaction, event: AuditEvent, flag: Flag): void {
    if (ACT_ACTIVITIES.has(event.activity) && flag === 'clear' && showsHabit(event)) {
      learnHistory(transaction, event, toCall(event), turnOf(event));
    }
    // What was read is observed even of a flagged call.
    learnReading(transaction, event);
  },
};
