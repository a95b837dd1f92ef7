/**
 * What people found of statistical alerts. Wrong: not reported again below twice that amount, and learnt. Right:
 * never normal by age. The last word counts.
 */
import { type AuditEvent, epochMs, shortPrint, type VerdictControl } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { isStatistical } from '../domain/severities.ts';
import { type AgentRef, agentStateKey, knownOf, storeKnown } from '../state/agent/agent-key.ts';
import { releaseChain } from '../state/agent/quarantine.ts';
import type { Amounts, Score } from './alarm.ts';
import { groupById, silenceGroup } from './alert-group.ts';
import { trackedList } from './life-cycle.ts';
import { GROWN_TIMES, type TrackedAlert } from './revise.ts';

export const VERDICTS_MAX = 32;

type Verdict = readonly [
  print: string,
  amount: number,
  isRight: 0 | 1,
  alert: string,
  claimedMs: number,
];

const verdictsOf = (transaction: Transaction, whose: AgentRef): readonly Verdict[] =>
  knownOf<readonly Verdict[]>(transaction, whose, 'verdicts') ?? [];

export function isFalsePositive(
  transaction: Transaction,
  whose: AgentRef,
  what: string,
  amount: number,
): boolean {
  const print = shortPrint(what);
  return verdictsOf(transaction, whose).some(
    ([of, upTo, isRight]) =>
      isRight === 0 && of === print && (amount <= upTo || amount < GROWN_TIMES * upTo),
  );
}

export function isTruePositive(transaction: Transaction, whose: AgentRef, what: string): boolean {
  const verdicts = verdictsOf(transaction, whose);
  if (verdicts.length === 0) return false;
  const print = shortPrint(what);
  return verdicts.some(([of, , isRight]) => isRight === 1 && of === print);
}

export function unlessFalsePositive(
  transaction: Transaction,
  event: AuditEvent,
  score: Score,
): Score {
  const { alarm, ...rest } = score;
  if (alarm === undefined || !isStatistical(alarm.kind)) return score;
  const amounts = alarm.grouping?.amounts ?? [[`${alarm.ruleId}|${alarm.dedupeKey}`, 0] as const];
  const isWrong = amounts.every(([what, amount]) =>
    isFalsePositive(transaction, event, what, amount),
  );
  return isWrong ? rest : score;
}

interface Claimed {
  readonly alertId: string;
  readonly isRight: boolean;
  readonly claimedMs: number;
}

function keepVerdict(
  transaction: Transaction,
  whose: AgentRef,
  given: Claimed,
  amounts: Amounts,
): boolean {
  const alert = shortPrint(given.alertId);
  const before = verdictsOf(transaction, whose);
  if (before.some(([, , , of, ms]) => of === alert && ms > given.claimedMs)) return false;
  const now = new Map(amounts);
  const others = before.filter(([print, , , of]) => of !== alert && !now.has(print));
  const isRight = given.isRight ? 1 : 0;
  const own = amounts.map(
    ([what, amount]): Verdict => [what, amount, isRight, alert, given.claimedMs],
  );
  storeKnown(transaction, whose, 'verdicts', [...others, ...own].slice(-VERDICTS_MAX));
  return true;
}

/** A verdict is about what was reported when somebody looked. */
function judge(transaction: Transaction, whose: AgentRef, key: string, given: Claimed): void {
  const tracked = transaction.get<TrackedAlert>(key);
  if (tracked === undefined) return;
  const { alert, reported } = tracked;
  if (isStatistical(alert.kind) && !keepVerdict(transaction, whose, given, reported.amounts))
    return;
  if (given.isRight) return;
  transaction.put(key, { ...tracked, state: 'silenced' } satisfies TrackedAlert);
  const { chain_id: chain } = alert.subject;
  if (chain !== undefined) releaseChain(transaction, whose, chain);
}

export function applyVerdict(transaction: Transaction, control: VerdictControl): void {
  const { tenant_id, alert_id: alertId, agent_uid: uid } = control;
  const isRight = control.verdict === 'true_positive';
  const given = { alertId, isRight, claimedMs: epochMs(control.verdict_at) };
  const group = groupById(transaction, tenant_id, alertId);
  if (group !== undefined) {
    for (const key of group.keys) {
      const member = transaction.get<TrackedAlert>(key)?.alert.subject.agent_uid;
      if (member !== undefined)
        judge(transaction, { tenant_id, agent: { uid: member } }, key, given);
    }
    if (!isRight) silenceGroup(transaction, tenant_id, group);
  }
  const whose = { tenant_id, agent: { uid } };
  for (const print of trackedList(transaction, whose)) {
    const key = agentStateKey(whose, 'alert', print);
    if (transaction.get<TrackedAlert>(key)?.alert.alert_id === alertId)
      judge(transaction, whose, key, given);
  }
}
