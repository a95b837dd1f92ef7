/**
 * What waits for a person: orders that a guard held back and somebody may approve, and acts that have effect once a
 * second person gives the same. Only guards that ask for judgement are listed; the responder has the last word.
 */
import { AGREE_WITHIN_MS, awaitsOthers, type Decision, epochMs } from '@waywarden/schemas';
import type { PausedDecision, PendingAct } from './approvals-model.ts';

/** Guards that people may overrule, as the responder has them (`core/approvable.ts` there). */
const ASKS_PEOPLE: ReadonlySet<string> = new Set([
  'bystanders_affected',
  'budget_exceeded',
  'origin_quarantined',
  'blackout',
  'near_threshold',
  'only_listed',
  'reverted',
  'enforcement_paused',
]);

const reasonsOf = ({
  withheld_reason: first,
  withheld_reasons: all,
}: Decision): readonly string[] => all ?? (first === null ? [] : [first]);

/** What it would do, and to whom: two alerts of one task ask for the same. */
function wantedOf({ would_be_command: command, alert_ids: ids, rule_id: rule }: Decision): string {
  return JSON.stringify(command === null ? [rule, ids[0]] : [command.action, command.target]);
}

const IS_DONE: ReadonlySet<string | null> = new Set([null, 'already_contained']);

/** Whichever alert asked before; by the number of the last approval. */
function approvedWants(decisions: readonly Decision[]): ReadonlyMap<string, number> {
  const byId = new Map(decisions.map((one) => [one.decision_id, one]));
  const last = new Map<string, number>();
  for (const { act, withheld_reason: why, seq } of decisions) {
    if (act?.act !== 'approve' || !IS_DONE.has(why)) continue;
    const approved = byId.get(signedFields(act.signed?.text)?.decision_id ?? '');
    if (approved === undefined) continue;
    const wanted = wantedOf(approved);
    last.set(wanted, Math.max(seq, last.get(wanted) ?? 0));
  }
  return last;
}

/** Decisions that wait no more. */
function decidedIds(decisions: readonly Decision[]): ReadonlySet<string | undefined> {
  const ends = decisions.filter(
    ({ act, withheld_reason: why }) =>
      (act?.act === 'approve' || act?.act === 'decline') &&
      (IS_DONE.has(why) || why === 'nothing_to_approve'),
  );
  return new Set(ends.map(({ act }) => signedFields(act?.signed?.text)?.decision_id));
}

/** The newest of each alert and rule that nobody has decided yet, and of what several ask for, once. */
export function pausedDecisions(decisions: readonly Decision[]): readonly PausedDecision[] {
  // Of what names no decision only the alert is known.
  const unnamed = new Set(
    decisions.flatMap(({ act, withheld_reason: why, alert_ids: ids }) =>
      act?.act === 'approve' &&
      IS_DONE.has(why) &&
      signedFields(act.signed?.text)?.decision_id === undefined
        ? ids
        : [],
    ),
  );
  const approved = approvedWants(decisions);
  const over = decidedIds(decisions);
  const listed = new Set<string>();
  const newest = new Map<string, Decision>();
  for (const one of decisions) {
    if (one.act !== undefined || one.mode !== 'enforce') continue;
    const key = `${one.alert_ids[0]}|${one.rule_id}`;
    const known = newest.get(key);
    if (known === undefined || known.seq < one.seq) newest.set(key, one);
  }
  return [...newest.values()]
    .filter((one) => {
      const reasons = reasonsOf(one);
      const isAsked = reasons.length > 0 && reasons.every((reason) => ASKS_PEOPLE.has(reason));
      return (
        isAsked &&
        !over.has(one.decision_id) &&
        !one.alert_ids.some((id) => unnamed.has(id)) &&
        one.seq > (approved.get(wantedOf(one)) ?? 0)
      );
    })
    .toSorted((a, b) => b.seq - a.seq)
    .filter((one) => {
      const wanted = wantedOf(one);
      return !listed.has(wanted) && listed.add(wanted);
    })
    .map((one) => ({
      decision_id: one.decision_id,
      alert_id: one.alert_ids[0] ?? null,
      agent_uid: one.agent_uid,
      rule_id: one.rule_id,
      action: one.would_be_command?.action ?? null,
      target: one.would_be_command?.target ?? null,
      reasons: reasonsOf(one),
      would_break: one.would_break ?? null,
      at: one.decided_at,
    }));
}

function signedFields(text: string | undefined): PendingAct['again'] | undefined {
  try {
    const { act, action, target, expires, decision_id, order_id, ...of } = JSON.parse(text ?? '');
    const { alert_id, verdict, revision } = of;
    return { act, action, target, expires, decision_id, order_id, alert_id, verdict, revision };
  } catch {
    return undefined;
  }
}

/** Acts of one person that still wait for another. */
export function pendingActs(decisions: readonly Decision[], nowMs: number): readonly PendingAct[] {
  const over = decidedIds(decisions);
  return decisions.flatMap((one) => {
    const { act, withheld_reason: why, decided_at: at } = one;
    if (act === undefined || why !== 'second_person_needed') return [];
    const untilMs = epochMs(at) + AGREE_WITHIN_MS;
    const again = signedFields(act.signed?.text);
    const isDone = decisions.some(
      (other) =>
        other.seq > one.seq &&
        other.act?.act === act.act &&
        other.alert_ids[0] === one.alert_ids[0] &&
        !awaitsOthers(other.withheld_reason) &&
        act.by.every((by) => other.act?.by.includes(by)),
    );
    const isOver = again?.decision_id !== undefined && over.has(again.decision_id);
    if (untilMs <= nowMs || again === undefined || isDone || isOver) return [];
    return [
      {
        act_id: act.act_id,
        act: act.act,
        by: act.by,
        reason: act.reason,
        at,
        until_ms: untilMs,
        again,
      },
    ];
  });
}
