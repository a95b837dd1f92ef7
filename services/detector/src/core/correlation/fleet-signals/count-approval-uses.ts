/** One approval under which several agents' calls ran: a person decided over one call only. */
import { type Alert, allSources, type PrivilegeStep } from '@waywarden/schemas';
import { NOTES } from '../../alerting/shared-note.ts';
import { restate } from '../../alerting/standing-alert.ts';
import { weakerAssurance } from '../../domain/decisive-assurance.ts';
import { RULE_SEVERITIES } from '../../domain/severities.ts';
import { rememberInRing } from '../../state/agent/bounded-lists.ts';
import { approvalSharedWords } from '../../wording/approvals.ts';
import { type NoteCounter, noteAlert, noteAssurance } from './note-alert.ts';
import {
  byFirst,
  firstOf,
  inTheirOrder,
  isClaimedDelegated,
  isDelegated,
  mergedUse,
  type Use,
} from './step-proof.ts';

/** The oldest is forgotten. */
export const APPROVALS_USED_MAX = 100_000;
const AGENTS_MAX = 8;
const RING = 'approvals-used';

interface Used {
  readonly uses: readonly Use[];
  readonly last?: Alert;
}

function withUse(uses: readonly Use[], step: PrivilegeStep): readonly Use[] {
  const before = uses.find((one) => one.agent_uid === step.agent_uid);
  const now = before === undefined ? step : mergedUse(step, before);
  return [...uses.filter((one) => one !== before), now].sort(byFirst).slice(0, AGENTS_MAX);
}

function describe(uses: readonly Use[], about: string, at: string): Alert | undefined {
  const [first] = uses;
  const subject = uses.find((one) => one !== first && first && !isDelegated(one, first));
  if (first === undefined || subject === undefined) return undefined;
  const [its, call] = inTheirOrder(first, subject);
  const isGrave = uses.some((one) => one.activity === NOTES.approvalSpentGravely);
  const sources = allSources([first.source, subject.source]);
  const alert = noteAlert({
    kind: 'approval_bypass',
    ruleId: 'approval-shared',
    severity: RULE_SEVERITIES['approval-shared'][isGrave ? 'sensitive' : 'plain'],
    alertKey: about,
    causeKey: about,
    subject: call,
    evidence: [
      [call, 'use_by_another'],
      [its, 'approved_call'],
      ...uses
        .filter((one) => one !== subject && one !== first)
        .map((one) => [one, 'approved_call'] as const),
    ],
    count: uses.length,
    ...approvalSharedWords({
      ...{ who: subject.agent_uid, owner: first.agent_uid, agents: uses.length },
      ...{ at: firstOf(subject).event_time, ownAt: firstOf(first).event_time },
      isOnlyClaimed: isClaimedDelegated(subject, first),
    }),
    taxonomy: { owasp: ['ASI09'] },
    detectedAt: at,
  });
  const decisive_assurance = weakerAssurance(noteAssurance(its), noteAssurance(call));
  return { ...alert, decisive_assurance, ...(sources && { sources: [...sources] }) };
}

export const countApprovalUse: NoteCounter = (transaction, step, at) => {
  const about = step.workload ?? '';
  const key = `spent/${JSON.stringify([step.tenant_id, about])}`;
  const before = transaction.get<Used>(key);
  if (before === undefined) rememberInRing(transaction, RING, key, APPROVALS_USED_MAX);
  const uses = withUse(before?.uses ?? [], step);
  const last = before?.last;
  const fresh = describe(uses, about, at);
  const isNews =
    last?.subject.agent_uid !== fresh?.subject.agent_uid ||
    last?.severity !== fresh?.severity ||
    last?.decisive_assurance !== fresh?.decisive_assurance;
  const alert = fresh && restate(last, fresh, isNews);
  const now = alert ?? last;
  transaction.put(key, { uses, ...(now === undefined ? {} : { last: now }) } satisfies Used);
  return alert;
};
