/** The alert that one agent obeyed what another had read. */

import type { Alert, AlertEvidence } from '@waywarden/schemas';
import { newAlert } from '../../../alerting/standing-alert.ts';
import { gravestOf } from '../../../domain/gravest-capability.ts';
import { shorten, TITLE_LENGTH_MAX } from '../../../domain/short-text.ts';
import { passageWords } from '../../../injection/hijack-words.ts';
import { evidenceModel } from '../../../injection/judge-hijack.ts';
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
import { callEvidence, stepSubject, stepToolName, titleName } from './alert-parts.ts';

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

function furtherWords(pairs: readonly Pair[]): string {
  const texts = new Set(pairs.map(({ found }) => found.read)).size;
  return texts < 2 ? '' : ` Texts in ${texts} results were obeyed in this piece of work.`;
}

function wordsOf({ found, act, read }: Pair): { title: string; summary: string } {
  const [actor, reader] = [titleName(act.step.wire.agent_uid), titleName(read.step.wire.agent_uid)];
  const asked =
    act.words.act?.purpose === undefined
      ? 'are in no request that was sent'
      : 'its request does not name';
  return {
    title: shorten(`${actor} obeyed text that ${reader} had read`, TITLE_LENGTH_MAX),
    summary:
      `${actor} called ${stepToolName(act.step)} with values that ${asked}. They stand in a passage that ` +
      `${reader} read with ${stepToolName(read.step)} in the same piece of work, and that ${passageWords(found)}.`,
  };
}

function notVisible({ found, act }: Pair, { refused }: ChainTexts): string[] {
  const says: readonly (readonly [boolean, string])[] = [
    [found.isOrderUnknown, 'Nothing tells whether the text was read before the call.'],
    [
      act.words.act?.purpose === undefined,
      'The request itself was not sent, so nothing could be excused by it.',
    ],
    [refused > 0, 'More was read and done in this chain than is kept to compare.'],
  ];
  return says.filter(([is]) => is).map(([, text]) => text);
}

export interface InjectedParts {
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
  const words = wordsOf(first);
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
      title: words.title,
      summary: words.summary + furtherWords(pairs),
      reasons: found.reasons.map(({ feature, text }) => ({
        feature,
        text,
        expected: `an alert comes from ${medium} in all`,
        observed: `${found.probability.toFixed(3)} in all`,
        threshold: medium,
        threshold_source: 'static' as const,
        level: 'chain',
      })),
      evidence: evidenceOf(firstOfEach(pairs)),
      not_visible: notVisible(first, texts),
      taxonomy: { owasp: ['ASI01', 'ASI07'], atlas: ['AML.T0051.001', 'AML.T0053'] },
      policy_version: wire.policy_version,
      // Times alone are asserted.
      decisive_assurance: weakest(found.isOrderUnknown ? ['asserted', ...proofs] : proofs),
      ...(wire.agent_class === undefined ? {} : { subject_class: wire.agent_class }),
    },
  );
}
