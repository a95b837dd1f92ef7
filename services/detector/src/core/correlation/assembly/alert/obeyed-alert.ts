/** The alert that one agent obeyed what another had read. */
import type { Alert, AlertEvidence } from '@waywarden/schemas';
import { newAlert } from '../../../alerting/standing-alert.ts';
import { gravestOf } from '../../../domain/severities.ts';
import { evidenceModel } from '../../../injection/judge-hijack.ts';
import { evidenceSumWords, hijackAcrossWords } from '../../../wording/hijack.ts';
import { stepToolName, titleName } from '../../../wording/links.ts';
import { INJECTED_MAX } from '../model/assembly-limits.ts';
import type { ChainMeta } from '../model/chain-meta.ts';
import type { ChainStore } from '../model/chain-store.ts';
import {
  type ChainTexts,
  compareCalls,
  type Injected,
  type TextCall,
  textCall,
} from '../model/chain-texts.ts';
import { isAsserted, stepAssurance, weakest } from '../proof/proof-assurance.ts';
import { callEvidence, stepSubject } from './assembly-alert.ts';

const RULE = 'hijack-across-agents';

interface Pair {
  readonly found: Injected;
  readonly act: TextCall;
  readonly read: TextCall;
}

function isUnsure({ found, act, read }: Pair): boolean {
  return found.isOrderUnknown || isAsserted(act.step) || isAsserted(read.step);
}

/** A forged record must not stand in front. */
function pairsOf(store: ChainStore, { injected }: ChainTexts): readonly Pair[] {
  const pairs = injected.flatMap((found) => {
    const act = textCall(store, found.act);
    const read = textCall(store, found.read);
    return act === undefined || read === undefined ? [] : [{ found, act, read }];
  });
  return pairs.sort(
    (a, b) => Number(isUnsure(a)) - Number(isUnsure(b)) || compareCalls(a.act, b.act),
  );
}

function evidenceOf(pairs: readonly Pair[]): AlertEvidence[] {
  const one = ({ step }: TextCall, role: string) =>
    callEvidence(step, role, gravestOf(step.wire.capabilities));
  const all = pairs.flatMap(({ act, read }) => [
    one(act, 'deviating_call'),
    one(read, 'read_instruction'),
  ]);
  const listed = new Set<string>();
  return all.filter(({ event_id }) => !listed.has(event_id) && listed.add(event_id));
}

function firstOfEach(pairs: readonly Pair[]): readonly Pair[] {
  const met = new Set<string>();
  const first = pairs.filter(({ act, found }) => {
    const key = `${found.read}|${act.step.wire.agent_uid}`;
    return !met.has(key) && met.add(key);
  });
  return first.slice(0, INJECTED_MAX);
}

interface InjectedParts {
  readonly store: ChainStore;
  readonly meta: ChainMeta;
  readonly texts: ChainTexts;
  readonly detectedAt: string;
}

export function injectedAlert({
  store,
  meta,
  texts,
  detectedAt,
}: InjectedParts): Alert | undefined {
  const pairs = pairsOf(store, texts);
  const [first] = pairs;
  if (first === undefined) return undefined;
  const { found, act, read } = first;
  const { wire } = act.step;
  const { title, summary, not_visible } = hijackAcrossWords({
    actor: titleName(wire.agent_uid),
    reader: titleName(read.step.wire.agent_uid),
    ...{ tool: stepToolName(act.step), readTool: stepToolName(read.step), passage: found },
    texts: new Set(pairs.map((one) => one.found.read)).size,
    isAsked: act.words.act?.purpose !== undefined,
    ...{ isOrderUnknown: found.isOrderUnknown, isCut: texts.refused > 0 },
  });
  const calls = [read.step.wire, wire];
  const { medium } = evidenceModel();
  const proofs = [stepAssurance(act.step), stepAssurance(read.step)];
  const isHigh =
    pairs.some((one) => one.found.severity === 'high' && !isUnsure(one)) ||
    found.severity === 'high';
  const { tenant, chain } = meta;
  return newAlert(
    {
      ...{ tenant, alertKey: chain, incident: chain },
      times: calls.map((one) => one.event_time),
      sources: calls.map((one) => one.source),
    },
    {
      ...{ count: pairs.length, kind: 'hijack_suspected', rule_id: RULE },
      severity: isHigh ? 'high' : 'medium',
      confidence_basis: 'text',
      score: Number(found.probability.toPrecision(6)),
      evaluable: texts.refused === 0,
      subject: stepSubject(act.step),
      detected_at: detectedAt,
      title,
      summary,
      reasons: found.reasons.map(({ feature, text }) => ({
        feature,
        text,
        ...evidenceSumWords({ all: found.probability, medium }),
        threshold: medium,
        threshold_source: 'static' as const,
        level: 'chain',
      })),
      evidence: evidenceOf(firstOfEach(pairs)),
      not_visible,
      taxonomy: { owasp: ['ASI01', 'ASI07'], atlas: ['AML.T0051.001', 'AML.T0053'] },
      policy_version: wire.policy_version,
      // Times alone are asserted.
      decisive_assurance: weakest(found.isOrderUnknown ? ['asserted', ...proofs] : proofs),
      ...(wire.agent_class === undefined ? {} : { subject_class: wire.agent_class }),
    },
  );
}
