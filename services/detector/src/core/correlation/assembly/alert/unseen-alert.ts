/** Data left a task that had read what it must not, and values were lost: told once a chain. */
import type { Alert } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { newAlert } from '../../../alerting/standing-alert.ts';
import { carriedValues } from '../../../domain/carried-out.ts';
import { VALUES_UNSEEN_REASON, valuesUnseenWords } from '../../../wording/chains.ts';
import type { ChainMeta } from '../model/chain-meta.ts';
import { type ChainStep, compareSteps, tookPlace } from '../model/chain-step.ts';
import type { ChainStore } from '../model/chain-store.ts';
import type { AlertHead } from '../model/revise-alert.ts';
import { count } from '../model/stage-counters.ts';
import type { CompiledPolicy } from '../proof/compile-combination.ts';
import { stepAssurance, weakest } from '../proof/proof-assurance.ts';
import { orderOf } from '../proof/step-order.ts';
import { callEvidence, stepSubject } from './assembly-alert.ts';

const RULE = 'values-not-seen';

const SECRET = 'read:secret';
const SENSITIVE = [SECRET, 'read:personal', 'read:financial', 'read:source_code'];
const WEB = 'browse:web';
const OUTGOING = ['send:external', 'publish:public', 'initiate:payment', WEB];

const exercises = ({ wire }: ChainStep, symbols: readonly string[]) =>
  wire.capabilities.some(({ symbol }) => symbols.includes(symbol));

const sendsUnseen = ({ wire }: ChainStep) => wire.args_truncated === true;
const readUnseen = (call: ChainStep) =>
  exercises(call, [SECRET]) && call.wire.values_truncated && !sendsUnseen(call);

function goesOut(call: ChainStep): boolean {
  if (!tookPlace(call) || !exercises(call, OUTGOING)) return false;
  const isSending = exercises(
    call,
    OUTGOING.filter((symbol) => symbol !== WEB),
  );
  return isSending || sendsUnseen(call) || carriedValues(call.wire).length > 0;
}

interface UnseenQuestion {
  readonly transaction: Transaction;
  readonly store: ChainStore;
  readonly step: ChainStep;
  readonly policy: CompiledPolicy;
}

interface Pair {
  readonly send: ChainStep;
  readonly read: ChainStep;
}

function isCompletion(store: ChainStore, meta: ChainMeta, { n }: ChainStep): boolean {
  return meta.heads.some((id) => store.head<AlertHead>(id)?.completions.includes(n));
}

function pairOf({ store, step, policy }: UnseenQuestion, meta: ChainMeta): Pair | undefined {
  const isPair = ({ send, read }: Pair) =>
    send.n !== read.n &&
    goesOut(send) &&
    exercises(read, SENSITIVE) &&
    tookPlace(read) &&
    (sendsUnseen(send) || readUnseen(read)) &&
    orderOf(read, send, policy.skewMs) !== 'after' &&
    !isCompletion(store, meta, send);
  let found: Pair | undefined;
  for (const other of store.all(meta).toSorted(compareSteps)) {
    found ??= [
      { send: step, read: other },
      { send: other, read: step },
    ].find(isPair);
  }
  return found;
}

function alertOf({ send, read }: Pair, { tenant, chain, lastTime }: ChainMeta): Alert {
  const calls = [read.wire, send.wire];
  return newAlert(
    {
      ...{ tenant, alertKey: chain, incident: chain },
      times: calls.map((one) => one.event_time),
      sources: calls.map((one) => one.source),
    },
    {
      ...{ count: 1, rule_id: RULE, kind: 'telemetry_gap', severity: 'medium' },
      ...{ confidence_basis: 'rule', score: 1, evaluable: false, detected_at: lastTime },
      subject: stepSubject(send),
      ...valuesUnseenWords({
        ...{ send, read },
        ...{ isSentUnseen: sendsUnseen(send), isReadUnseen: readUnseen(read) },
      }),
      reasons: [
        {
          feature: RULE,
          ...VALUES_UNSEEN_REASON,
          level: 'chain',
          threshold_source: 'static',
        },
      ],
      evidence: [callEvidence(send, 'deviating_call'), callEvidence(read, 'read')],
      taxonomy: { owasp: ['ASI03'], atlas: ['AML.T0086'] },
      policy_version: send.wire.policy_version,
      decisive_assurance: weakest([stepAssurance(send), stepAssurance(read)]),
    },
  );
}

export function reportUnseen(question: UnseenQuestion): readonly Alert[] {
  const { transaction, store, step } = question;
  const meta = store.meta();
  if (meta === undefined || meta.unseen === 'reported') return [];
  const [isOut, isRead] = [goesOut(step), exercises(step, SENSITIVE)];
  if (!isOut && !isRead) return [];
  const isCut = (isOut && sendsUnseen(step)) || readUnseen(step);
  if (!isCut && meta.unseen !== 'cut') return [];
  const pair = pairOf(question, meta);
  if (pair === undefined) {
    if (meta.unseen !== 'cut') store.changeMeta(meta, { unseen: 'cut' });
    return [];
  }
  count(transaction, { unseen: 1 });
  return [alertOf(pair, store.changeMeta(meta, { unseen: 'reported' }))];
}
