/** The alert that one agent obeyed what another had read: both calls, both agents, the passage's marks. */
import {
  type Alert,
  type AlertEvidence,
  alertId,
  allSources,
  incidentId,
} from '@waywarden/schemas';
import { DETECTOR_VERSION } from '../../detector-version.ts';
import { gravestOf } from '../../gravest-capability.ts';
import { passageWords } from '../../injection/explain-evidence.ts';
import { evidenceModel } from '../../injection/judge-call.ts';
import { shorten, shortName } from '../../short-text.ts';
import { OBEYED_MAX } from '../assembly-limits.ts';
import type { ChainMeta } from '../chain/chain-meta.ts';
import type { ChainStore } from '../chain/chain-store.ts';
import {
  type ChainTexts,
  compareCalls,
  type Obeyed,
  type TextCall,
  textCall,
} from '../chain/chain-texts.ts';
import { isAsserted, stepAssurance, weakest } from '../proof/proof-assurance.ts';
import { callEvidence, subjectOf } from './build-alert.ts';

const KIND = 'hijack_suspected';
const RULE = 'hijack-across-agents';
const TITLE_LENGTH_MAX = 90;
const NAME_LENGTH_MAX = 32;

interface Pair {
  readonly found: Obeyed;
  readonly act: TextCall;
  readonly read: TextCall;
}

function isUnsure({ found, act, read }: Pair): boolean {
  return found.isOrderUnknown || isAsserted(act.step) || isAsserted(read.step);
}

/** What is proven before what is not, then the earliest: a forged record must not stand in front. */
function pairsOf(store: ChainStore, { obeyed }: ChainTexts): readonly Pair[] {
  const pairs = obeyed.flatMap((found) => {
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

/** The first act of each agent by each text: another text is news, and so a revision. */
function firstOfEach(pairs: readonly Pair[]): readonly Pair[] {
  const met = new Set<string>();
  const first = pairs.filter(({ act, found }) => {
    const key = `${found.read}|${act.step.wire.agent_uid}`;
    return !met.has(key) && met.add(key);
  });
  return first.slice(0, OBEYED_MAX);
}

/** Of further texts the evidence has the calls. */
function furtherWords(pairs: readonly Pair[]): string {
  const texts = new Set(pairs.map(({ found }) => found.read)).size;
  return texts < 2 ? '' : ` Texts in ${texts} results were obeyed in this piece of work.`;
}

function wordsOf({ found, act, read }: Pair): { title: string; summary: string } {
  const name = ({ step }: TextCall) => shorten(shortName(step.wire.agent_uid), NAME_LENGTH_MAX);
  const toolOf = ({ step }: TextCall) =>
    shorten(step.wire.tool?.name ?? step.wire.activity, NAME_LENGTH_MAX);
  const asked =
    act.words.act?.purpose === undefined
      ? 'are in no request that was sent'
      : 'its request does not name';
  return {
    title: shorten(`${name(act)} obeyed text that ${name(read)} had read`, TITLE_LENGTH_MAX),
    summary:
      `${name(act)} called ${toolOf(act)} with values that ${asked}. They stand in a passage that ` +
      `${name(read)} read with ${toolOf(read)} in the same piece of work, and that ${passageWords(found)}.`,
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

export interface ObeyedParts {
  readonly store: ChainStore;
  readonly meta: ChainMeta;
  readonly texts: ChainTexts;
  readonly detectedAt: string;
}

/** Undefined where nothing is obeyed (any more). */
export function obeyedAlert({ store, meta, texts, detectedAt }: ObeyedParts): Alert | undefined {
  const pairs = pairsOf(store, texts);
  const [first] = pairs;
  if (first === undefined) return undefined;
  const { found, act, read } = first;
  const { wire } = act.step;
  const words = wordsOf(first);
  const sources = allSources([read.step.wire.source, wire.source]);
  const { medium } = evidenceModel();
  const times = [read.step.wire.event_time, wire.event_time].sort();
  return {
    alert_id: alertId({ tenantId: meta.tenant, kind: KIND, ruleId: RULE, alertKey: meta.chain }),
    revision: 1,
    state: 'open',
    count: pairs.length,
    incident_id: incidentId(meta.tenant, meta.chain),
    tenant_id: meta.tenant,
    kind: KIND,
    rule_id: RULE,
    rule_version: '1',
    severity:
      pairs.some((one) => one.found.severity === 'high' && !isUnsure(one)) ||
      found.severity === 'high'
        ? 'high'
        : 'medium',
    confidence: null,
    confidence_basis: 'text',
    score: Number(found.probability.toPrecision(6)),
    evaluable: texts.refused === 0,
    subject: subjectOf(act.step),
    first_event_time: times[0] ?? wire.event_time,
    last_event_time: times[1] ?? wire.event_time,
    first_detected_at: detectedAt,
    detected_at: detectedAt,
    title: words.title,
    summary: words.summary + furtherWords(pairs),
    reasons: found.reasons.map(({ feature, text }) => ({
      feature,
      text,
      expected: `a probability of less than ${medium}`,
      observed: `${found.probability.toFixed(3)} in all`,
      threshold: medium,
      threshold_source: 'static' as const,
      level: 'chain',
    })),
    evidence: evidenceOf(firstOfEach(pairs)),
    not_visible: notVisible(first, texts),
    taxonomy: { owasp: ['ASI01', 'ASI07'], atlas: ['AML.T0051.001', 'AML.T0053'] },
    policy_version: wire.policy_version,
    detector_version: DETECTOR_VERSION,
    // Who came first is asserted by whoever wrote the times, where nothing else orders the two.
    decisive_assurance: found.isOrderUnknown
      ? weakest(['asserted', stepAssurance(act.step), stepAssurance(read.step)])
      : weakest([stepAssurance(act.step), stepAssurance(read.step)]),
    ...(sources === undefined ? {} : { sources: [...sources] }),
    ...(wire.agent_class === undefined ? {} : { subject_class: wire.agent_class }),
  };
}
