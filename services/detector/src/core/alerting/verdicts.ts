/**
 * What people found of statistical alerts: of each, what it was about and up to how much. Found wrong: the same is not
 * reported again for that value or below twice that amount (what came in before the next report), and is learnt. Found right: it never becomes normal by age. The
 * last word about an alert counts. What a rule says is changed where the rule stands, not by a verdict.
 */
import { type AuditEvent, epochMs, shortPrint, type VerdictControl } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { agentKey, type Whose } from '../state/agent/agent-key.ts';
import { keepKnown, knownOf } from '../state/agent/known-of-agent.ts';
import { releaseChain } from '../state/agent/quarantine.ts';
import type { Amounts, Score } from './alarm.ts';
import { groupById, silenceGroup } from './alert-group.ts';
import { trackedList } from './life-cycle.ts';
import { GROWN_TIMES } from './revise.ts';
import { isStatistical } from './severity.ts';
import type { TrackedAlert } from './tracked-alert.ts';

/** Things that are stored of an agent; the earliest verdict makes room. */
export const VERDICTS_MAX = 32;

type Verdict = readonly [
  print: string,
  amount: number,
  isRight: 0 | 1,
  alert: string,
  saidMs: number,
];

const verdictsOf = (draft: Draft, whose: Whose): readonly Verdict[] =>
  knownOf<readonly Verdict[]>(draft, whose, 'verdicts') ?? [];

export function isFoundWrong(draft: Draft, whose: Whose, what: string, amount: number): boolean {
  const print = shortPrint(what);
  return verdictsOf(draft, whose).some(
    ([of, upTo, isRight]) =>
      isRight === 0 && of === print && (amount <= upTo || amount < GROWN_TIMES * upTo),
  );
}

export function isFoundRight(draft: Draft, whose: Whose, what: string): boolean {
  const verdicts = verdictsOf(draft, whose);
  if (verdicts.length === 0) return false;
  const print = shortPrint(what);
  return verdicts.some(([of, , isRight]) => isRight === 1 && of === print);
}

/** The same score without the alarm, where people found all of it wrong. */
export function unlessFoundWrong(draft: Draft, event: AuditEvent, score: Score): Score {
  const { alarm, ...rest } = score;
  if (alarm === undefined || !isStatistical(alarm.kind)) return score;
  const amounts = alarm.grouping?.amounts ?? [[`${alarm.ruleId}|${alarm.dedupeKey}`, 0] as const];
  const isWrong = amounts.every(([what, amount]) => isFoundWrong(draft, event, what, amount));
  return isWrong ? rest : score;
}

interface Said {
  readonly alertId: string;
  readonly isRight: boolean;
  readonly saidMs: number;
}

/** False where a later verdict is known. */
function keepVerdict(draft: Draft, whose: Whose, said: Said, amounts: Amounts): boolean {
  const alert = shortPrint(said.alertId);
  const before = verdictsOf(draft, whose);
  if (before.some(([, , , of, ms]) => of === alert && ms > said.saidMs)) return false;
  const now = new Map(amounts);
  const others = before.filter(([print, , , of]) => of !== alert && !now.has(print));
  const isRight = said.isRight ? 1 : 0;
  const own = amounts.map(([what, amount]): Verdict => [what, amount, isRight, alert, said.saidMs]);
  keepKnown(draft, whose, 'verdicts', [...others, ...own].slice(-VERDICTS_MAX));
  return true;
}

/** A verdict is about what was reported when somebody looked. */
function judge(draft: Draft, whose: Whose, key: string, said: Said): void {
  const tracked = draft.get<TrackedAlert>(key);
  if (tracked === undefined) return;
  const { alert, reported } = tracked;
  if (isStatistical(alert.kind) && !keepVerdict(draft, whose, said, reported.amounts)) return;
  if (said.isRight) return;
  draft.put(key, { ...tracked, state: 'silenced' } satisfies TrackedAlert);
  const { chain_id: chain } = alert.subject;
  if (chain !== undefined) releaseChain(draft, whose, chain);
}

export function applyVerdict(draft: Draft, control: VerdictControl): void {
  const { tenant_id, alert_id: alertId, agent_uid: uid } = control;
  const isRight = control.verdict === 'true_positive';
  const said = { alertId, isRight, saidMs: epochMs(control.said_at) };
  const group = groupById(draft, tenant_id, alertId);
  if (group !== undefined) {
    for (const key of group.keys) {
      const member = draft.get<TrackedAlert>(key)?.alert.subject.agent_uid;
      if (member !== undefined) judge(draft, { tenant_id, agent: { uid: member } }, key, said);
    }
    if (!isRight) silenceGroup(draft, tenant_id, group);
  }
  const whose = { tenant_id, agent: { uid } };
  for (const print of trackedList(draft, whose)) {
    const key = agentKey(whose, 'alert', print);
    if (draft.get<TrackedAlert>(key)?.alert.alert_id === alertId) judge(draft, whose, key, said);
  }
}
