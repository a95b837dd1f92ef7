/** To exactly whom an action applies. An incomplete target is never commanded. */
import {
  type Alert,
  canonicalJson,
  type Decision,
  type RevocationCommand,
  type Target,
  targetProblems,
} from '@waywarden/schemas';

export interface PlannedAction {
  readonly action: string;
  readonly target: Target;
  readonly problems: readonly string[];
}

const SUBJECT_ID = {
  task: 'task_id',
  instance: 'instance_uid',
  credential: 'credential_uid',
} as const;

function isSubjectLevel(level: string): level is keyof typeof SUBJECT_ID {
  return Object.hasOwn(SUBJECT_ID, level);
}

function subjectTarget(alert: Alert, level: string): Target {
  const base = { level, tenant_id: alert.tenant_id, agent_uid: alert.subject.agent_uid };
  if (!isSubjectLevel(level)) return base;
  const id = alert.subject[SUBJECT_ID[level]];
  return id === undefined ? base : { ...base, [SUBJECT_ID[level]]: id };
}

function cutTarget(alert: Alert, action: string, level: string): Target | undefined {
  return alert.assembly?.cut.find(
    (cut) =>
      cut.action === action &&
      cut.target.level === level &&
      cut.target.tenant_id === alert.tenant_id,
  )?.target;
}

export function planAction(alert: Alert, action: string, level: string): PlannedAction {
  const fromSubject = subjectTarget(alert, level);
  const complete = targetProblems(action, fromSubject).length === 0;
  const target = complete ? fromSubject : (cutTarget(alert, action, level) ?? fromSubject);
  return { action, target, problems: targetProblems(action, target) };
}

/** Whatever the order of keys. */
export function targetActionKey(
  target: Target,
  action: string,
  sha256: Sha256,
  scope?: RevocationCommand['scope'],
): string {
  const some = scope === undefined ? '' : `|${canonicalJson(scope)}`;
  return sha256(`${canonicalJson(target)}|${action}${some}`);
}

/**
 * The hash chain over decisions: hex SHA-256 of RFC 8785 text without `hash`. Store a head elsewhere against a
 * rewrite.
 */
export type Sha256 = (text: string) => string;

/** `prev_hash` of the first decision. */
const GENESIS_HASH = '0'.repeat(64);

export type RecordedDecision = Decision & {
  /** Since 1.0: every command that this decision issued. */
  readonly issued_command_ids?: readonly string[];
  /** Since 1.0: the action it was degraded to, because the budget was spent. */
  readonly degraded_to?: string;
  /** Since 1.0: what is missing or contradictory in the target, in plain words. */
  readonly target_problems?: readonly string[];
  /** Since 1.2: the order upon which this one follows, and why. */
  readonly follows?: { readonly command_id: string; readonly why: string };
};

export type UnchainedDecision = Omit<RecordedDecision, 'seq' | 'prev_hash' | 'hash'>;

export interface ChainHead {
  readonly seq: number;
  readonly hash: string;
}

export const CHAIN_START: ChainHead = { seq: 0, hash: GENESIS_HASH };

export function decisionHash(decision: Omit<RecordedDecision, 'hash'>, sha256: Sha256): string {
  return sha256(canonicalJson(decision));
}

export function chainDecision(
  head: ChainHead,
  decision: UnchainedDecision,
  sha256: Sha256,
): RecordedDecision {
  const linked = { ...decision, seq: head.seq + 1, prev_hash: head.hash };
  return { ...linked, hash: decisionHash(linked, sha256) };
}
