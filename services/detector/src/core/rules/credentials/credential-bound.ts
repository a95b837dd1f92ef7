/**
 * A credential beyond what bounds it (`credential_bound`): another task, another person, or after its slot. Limit:
 * by the first task or person seen with it.
 */
import {
  type ActorClass,
  type AuditEvent,
  type ClassRow,
  classRow,
  durationMs,
  epochMs,
  type RegistryAgent,
  shortPrint,
  slotEndMs,
  sourceNameOf,
} from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import {
  credentialCause,
  type Finding,
  type FindingRule,
  finding,
  nameOf,
  thresholdOf,
} from '../../alerting/finding.ts';
import { CLOCK_SKEW_MAX_MS } from '../../domain/day.ts';
import { PRINT_48 } from '../../domain/record-table.ts';
import { RULE_SEVERITIES } from '../../domain/severities.ts';
import { agentStateKey } from '../../state/agent/agent-key.ts';
import {
  CREDENTIAL_OF_NO_TASK_WORDS,
  credentialAfterSlotWords,
} from '../../wording/credentials.ts';
import { CREDENTIAL_TOKENS_MAX, reportedAs } from './credential-age.ts';

const NAME_LENGTH = 64;

/** The oldest first. */
type Tokens = readonly (readonly [token: string, name: string])[];

/** Else it is remembered. */
function usedBefore(
  transaction: Transaction,
  event: AuditEvent,
  { table, name }: { readonly table: string; readonly name: string },
): string | undefined {
  const uid = event.credential?.uid;
  if (uid === undefined) return undefined;
  const token = shortPrint(uid, PRINT_48);
  const key = agentStateKey(event, table);
  const all = transaction.get<Tokens>(key) ?? [];
  const known = all.find(([one]) => one === token)?.[1];
  if (known === undefined)
    transaction.put(key, [...all.slice(1 - CREDENTIAL_TOKENS_MAX), [token, name]]);
  return known === undefined || known === name ? undefined : known;
}

interface Claimed {
  readonly row: ClassRow;
  readonly cls: ActorClass;
  readonly who: string;
  readonly first?: string;
  readonly now?: string;
}

interface Bound {
  readonly row: ClassRow;
  readonly registered: RegistryAgent;
}

function hygiene(
  ruleId: keyof typeof CREDENTIAL_OF_NO_TASK_WORDS,
  { row, cls, who, first = '', now = '' }: Claimed,
): Finding {
  return finding({
    ...CREDENTIAL_OF_NO_TASK_WORDS[ruleId]({ who, cls, first, now }),
    threshold: thresholdOf(row, cls, 'credential_bound'),
    kind: 'credential_static',
    ruleId,
    severity: RULE_SEVERITIES['credential-of-no-task'].plain,
    hygiene: true,
    dedupeKey: ruleId,
    taxonomy: { owasp: ['ASI03'] },
  });
}

function ofTask(
  transaction: Transaction,
  event: AuditEvent,
  { row, registered }: Bound,
): Finding | undefined {
  const cls = registered.class;
  const who = nameOf(event);
  const task = event.task?.id;
  const given = event.credential?.task_id;
  if (task === undefined) {
    if (given !== undefined) return undefined;
    return hygiene('credential-no-task', { row, cls, who });
  }
  const name = task.slice(0, NAME_LENGTH);
  const before = usedBefore(transaction, event, { table: 'tasked', name });
  const other = given !== undefined && given !== task ? given : before;
  if (other === undefined) return undefined;
  return hygiene('credential-many-tasks', { row, cls, who, first: other, now: task });
}

function ofSession(
  transaction: Transaction,
  event: AuditEvent,
  { row, registered }: Bound,
): Finding | undefined {
  const cls = registered.class;
  const { principal } = event;
  if (principal?.type !== 'human') return undefined;
  const name = principal.uid.slice(0, NAME_LENGTH);
  const before = usedBefore(transaction, event, { table: 'lent', name });
  if (before === undefined) return undefined;
  const who = nameOf(event);
  return hygiene('credential-many-people', { row, cls, who, first: before, now: name });
}

/** Or with the next slot, where given ahead. */
function ofWindow(event: AuditEvent, { row, registered }: Bound): Finding | undefined {
  const schedule = registered.profile?.schedule;
  const issued = event.credential?.issued_at;
  if (schedule === undefined || issued === undefined) return undefined;
  const endMs = slotEndMs(schedule, epochMs(issued));
  if (endMs === undefined) return undefined;
  const grace = row.window_grace ?? '0s';
  const over = epochMs(event.event_time) - endMs - durationMs(grace);
  if (over <= CLOCK_SKEW_MAX_MS) return undefined;
  const [who, cls] = [nameOf(event), registered.class];
  return finding({
    kind: 'credential_static',
    ruleId: 'credential-over-age',
    severity: RULE_SEVERITIES['credential-over-age'].plain,
    dedupeKey: `window|${reportedAs(event, over)}`,
    renews: 'credential',
    ...credentialAfterSlotWords({ who, cls, issued, grace, overMs: over }),
    sources: [sourceNameOf(event)],
    causeKey: credentialCause(event),
    threshold: thresholdOf(row, cls, 'window_grace'),
    taxonomy: { owasp: ['ASI03'], attack: ['T1528'] },
  });
}

export const credentialBound: FindingRule = (transaction, event, { registered, classes }) => {
  const { credential, event_time_quality: quality, outcome } = event;
  if (registered === undefined || credential === undefined) return undefined;
  if (quality !== 'measured' || outcome === 'denied') return undefined;
  const cls = registered.class;
  const row = classRow(classes, cls, event.target?.environment);
  switch (row.credential_bound) {
    case 'task':
      return ofTask(transaction, event, { row, registered });
    case 'session':
      return ofSession(transaction, event, { row, registered });
    case 'window':
      return ofWindow(event, { row, registered });
    default:
      return undefined;
  }
};
