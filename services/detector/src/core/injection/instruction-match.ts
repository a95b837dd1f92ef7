/**
 * Does this call obey text that the agent read? A calibrated probability over fourteen terms (`evidence.ts`), fitted
 * on public runs (docs/measurements/outside.md).
 */
import { type AlertReason, type AuditEvent, allSources, sourceNameOf } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import type { Alarm, AlarmEvidence, Score } from '../alerting/alarm.ts';
import type { Feature, Flag } from '../baselines/feature.ts';
import { ACT_ACTIVITIES } from '../domain/acts.ts';
import { showsHabit } from '../domain/call-ending.ts';
import { toolName } from '../state/agent/joined-names.ts';
import { turnOf } from '../state/agent/piece-of-work.ts';
import { evidenceTermWords, hijackWords } from '../wording/hijack.ts';
import { historyOf, learnHistory } from './agent-history.ts';
import { idsOf, toCall } from './call-view.ts';
import { evidenceModel, explainEvidence, type HijackJudgement, judgeCall } from './judge-hijack.ts';
import { contextOf, learnReading } from './read-by-agent.ts';
import type { PassageSeen } from './read-context.ts';

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
