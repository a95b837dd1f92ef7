/**
 * A verdict on an alert, as the sequencer put it into this partition. The alert is found by its id: among those that
 * are followed of the agent that it named, or among the tenant's common causes, whose parts are then all meant.
 *
 * A common cause that was found wrong is told no further; what goes beyond what it was told of is another one.
 *
 * Found wrong: what its features held back for it is learnt now, as a day is learnt (`../volume/block-maxima.ts`), and
 * its piece of work teaches again unless another alert is about that. Found right: neither.
 */
import { epochMs, PRINT_LENGTH, shortPrint, type VerdictControl } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { FACETS } from '../facets/registry.ts';
import { agentKey } from '../kept/agent-key.ts';
import { knownOf } from '../kept/known-of-agent.ts';
import { eachRecord } from '../kept/print-table.ts';
import { adoptEarlier } from './adopt-earlier.ts';
import { isAlertWrong, keepFound, type Verdict } from './found.ts';
import { type Common, causeById, keepCause } from './kept-causes.ts';
import type { Tracked } from './merge-alert.ts';
import { endRollOuts } from './roll-out.ts';
import { judgedSame } from './said-revisions.ts';
import { releaseChain } from './score-call.ts';

type Whose = { readonly tenant_id: string; readonly agent: { readonly uid: string } };

/** An alert that is followed, and where it is kept. */
interface Followed {
  readonly key: string;
  readonly tracked: Tracked;
}

/** The alerts of an agent that are followed. */
function followedOf(draft: Draft, whose: Whose): readonly Followed[] {
  const list = draft.get<string>(agentKey(whose, 'tracked')) ?? '';
  return eachRecord(list, PRINT_LENGTH).flatMap((print) => {
    const key = agentKey(whose, 'alert', print);
    const tracked = draft.get<Tracked>(key);
    return tracked === undefined ? [] : [{ key, tracked }];
  });
}

/** Whether another alert of the agent is about this piece of work, which nobody found wrong. */
function isHeldByOther(draft: Draft, whose: Whose, { alert: own }: Tracked): boolean {
  return followedOf(draft, whose).some(
    ({ tracked: { alert } }) =>
      alert.alert_id !== own.alert_id &&
      alert.subject.chain_id === own.subject.chain_id &&
      !isAlertWrong(draft, whose, alert.alert_id),
  );
}

/** The alert as it goes on: what was found wrong is answered. */
function keepAnswered(draft: Draft, { key, tracked }: Followed, isRight: boolean): void {
  const { isAnswered: _, ...open } = tracked;
  draft.put(key, isRight ? open : { ...open, isAnswered: true });
}

/** Whether it is the last word about this alert; then it is taken. */
function takeOne(draft: Draft, whose: Whose, verdict: Verdict, followed: Followed): boolean {
  const { alert } = followed.tracked;
  const same = judgedSame(followed.tracked, verdict.revision);
  if (same === undefined || !keepFound(draft, whose, verdict, same)) return false;
  keepAnswered(draft, followed, verdict.isRight);
  if (verdict.isRight) return true;
  if (knownOf(draft, whose, 'clock') === undefined) adoptEarlier(draft, whose, 'clock');
  const amounts = new Map(same);
  for (const facet of FACETS) {
    facet.release?.(draft, whose, (what) => amounts.get(shortPrint(what)));
  }
  const chain = alert.subject.chain_id;
  if (chain !== undefined && !isHeldByOther(draft, whose, followed.tracked)) {
    releaseChain(draft, whose, chain);
  }
  return true;
}

/** A verdict on a common cause is one on all that is part of it; what left it is told by itself, and judged so. */
function takeCause(draft: Draft, tenantId: string, verdict: Verdict, cause: Common): void {
  const parts = [...new Set([...cause.keys, ...(cause.earlier?.keys ?? [])])].flatMap((key) => {
    const tracked = draft.get<Tracked>(key);
    return tracked?.part === verdict.alertId ? [{ key, tracked }] : [];
  });
  const taken = parts.filter((part) => {
    const { agent_uid: uid } = part.tracked.alert.subject;
    return takeOne(draft, { tenant_id: tenantId, agent: { uid } }, verdict, part);
  });
  if (parts.length > 0 && taken.length === 0) return;
  const { isAnswered: _, ...open } = cause;
  keepCause(draft, tenantId, verdict.isRight ? open : { ...open, isAnswered: true });
}

export function applyVerdict(draft: Draft, control: VerdictControl): void {
  const { tenant_id, alert_id: alertId } = control;
  const isRight = control.verdict === 'true_positive';
  const verdict = { alertId, isRight, saidMs: epochMs(control.said_at) };
  const { revision } = control;
  const cause = causeById(draft, tenant_id, alertId);
  if (cause !== undefined) takeCause(draft, tenant_id, verdict, cause);
  const whose = { tenant_id, agent: { uid: control.agent_uid } };
  const named = followedOf(draft, whose).find(({ tracked }) => tracked.alert.alert_id === alertId);
  // The revision is the named alert's: parts of a common cause have their own.
  const looked = revision === undefined ? verdict : { ...verdict, revision };
  if (named !== undefined) takeOne(draft, whose, looked, named);
  if (isRight) endRollOuts(draft, tenant_id, [alertId, named?.tracked.part ?? alertId]);
}
