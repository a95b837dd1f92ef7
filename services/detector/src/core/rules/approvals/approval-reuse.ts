/**
 * One approval under which several calls ran. Limit: not followed without `uid` and hash of the arguments, nor
 * beyond the last 512.
 */
import {
  type Assurance,
  type AuditEvent,
  allSources,
  isCritical,
  isSensitive,
  type Severity,
  shortPrint,
  sourceNameOf,
} from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { type FindingParts, type FindingRule, finding, hadEffect } from '../../alerting/finding.ts';
import { callEnding } from '../../domain/call-ending.ts';
import { decisiveAssurance } from '../../domain/decisive-assurance.ts';
import { PRINT_48, printSet } from '../../domain/record-table.ts';
import { RULE_SEVERITIES } from '../../domain/severities.ts';
import { agentStateKey } from '../../state/agent/agent-key.ts';
import { approvalReuseWords } from '../../wording/approvals.ts';
import {
  firstServed,
  isCovered,
  type Scope,
  type Served,
  scopeOf,
  servedAgain,
} from './approval-scope.ts';

const APPROVALS_MAX = 16;
const EARLIER = printSet(PRINT_48, 512);
/** At this grain two decisions take equally long. */
const COARSE_MS = 10;

interface Run {
  readonly approval: string;
  readonly eventId: string;
  readonly at: string;
  readonly assurance: Assurance;
  readonly call: string;
  readonly source: string;
  /** It timed out and may be retried; empty where it was. */
  readonly again?: string;
  readonly served?: Served;
}

function approvalName({ approval }: AuditEvent): string | undefined {
  if (approval?.mode !== 'human') return undefined;
  const { uid, by, latency_ms: latency, args_hash: hash } = approval;
  if (uid !== undefined) return `uid|${uid}`;
  if (by === undefined || hash === undefined || latency === undefined) return undefined;
  if (latency % COARSE_MS === 0) return undefined;
  return JSON.stringify([by, hash, latency]);
}

function isSameCall(a: Run, b: Run): boolean {
  if (a.call !== '' || b.call !== '') return a.call === b.call;
  return a.source !== b.source;
}

const isNamed = (approval: string) => approval.startsWith('uid|');

const callOf = ({ tool, target, args }: AuditEvent) =>
  shortPrint(JSON.stringify([tool?.server, tool?.name, target?.resource_id, args?.hash]));

function runOf(event: AuditEvent, approval: string, scope: Scope | undefined): Run {
  const isOpen = callEnding(event) === 'open';
  return {
    approval,
    eventId: event.event_id,
    at: event.event_time,
    assurance: decisiveAssurance(event),
    call: event.call_uid ?? '',
    source: sourceNameOf(event),
    ...(isOpen ? { again: callOf(event) } : {}),
    ...(scope === undefined ? {} : { served: firstServed(scope, event) }),
  };
}

function inOrder(
  before: Run,
  run: Run,
  { others, scope, event }: { others: readonly Run[]; scope: Scope | undefined; event: AuditEvent },
): Run | undefined {
  if (isCovered(before, others, scope, event) && scope !== undefined && before.served) {
    return { ...before, served: servedAgain(before.served, scope, event) };
  }
  if (before.again !== callOf(event)) return undefined;
  return run.again === undefined ? run : { ...run, again: '' };
}

function ranBefore(
  transaction: Transaction,
  event: AuditEvent,
  approval: string,
  scope: Scope | undefined,
): Run | 'earlier' | undefined {
  const run = runOf(event, approval, scope);
  const key = agentStateKey(event, 'approved');
  const runs = transaction.get<readonly Run[]>(key) ?? [];
  const before = runs.find((one) => one.approval === approval);
  if (before !== undefined) {
    if (isSameCall(before, run)) return undefined;
    const others = runs.filter((one) => one !== before);
    const now = inOrder(before, run, { others, scope, event });
    if (now === undefined) return before;
    const retained =
      now.served === undefined ? runs.map((one) => (one === before ? now : one)) : [...others, now];
    transaction.put(key, retained);
    return undefined;
  }
  const earlier = transaction.get<string>(agentStateKey(event, 'approved-earlier')) ?? '';
  if (isNamed(approval) && EARLIER.has(earlier, shortPrint(approval, PRINT_48))) return 'earlier';
  transaction.put(key, [...runs, run].slice(-APPROVALS_MAX));
  const [gone] = runs.length < APPROVALS_MAX ? [] : runs;
  if (gone !== undefined) {
    const all = EARLIER.add(earlier, shortPrint(gone.approval, PRINT_48));
    transaction.put(agentStateKey(event, 'approved-earlier'), all);
  }
  return undefined;
}

function proofOf(
  before: Run | 'earlier',
  event: AuditEvent,
): Pick<FindingParts, 'evidence' | 'sources'> {
  if (before === 'earlier') return { evidence: [], sources: undefined };
  const { eventId, assurance, source } = before;
  return {
    evidence: [{ eventId, role: 'approved_call', assurance }],
    sources: allSources([source, sourceNameOf(event)]),
  };
}

/** What only looks like one approval is less. */
function severityOf(event: AuditEvent, isSure: boolean): Severity {
  const isGrave = event.capabilities.some(
    ({ symbol }) => isCritical(symbol) || isSensitive(symbol),
  );
  const by = RULE_SEVERITIES[isSure ? 'approval-reuse' : 'approval-reuse, likely'];
  return isGrave ? by.sensitive : by.plain;
}

export const approvalReuse: FindingRule = (transaction, event, context) => {
  const approval = approvalName(event);
  const ending = callEnding(event);
  if (approval === undefined || !hadEffect(event)) return undefined;
  if (ending !== 'done' && ending !== 'open') return undefined;
  const scope = scopeOf(event, context);
  const before = ranBefore(transaction, event, approval, scope);
  if (before === undefined) return undefined;
  const isTimedOut = before !== 'earlier' && before.again !== undefined;
  const isSure = isNamed(approval) && ending === 'done' && !isTimedOut;
  const severity = severityOf(event, isSure);
  return finding({
    kind: 'approval_bypass',
    ruleId: 'approval-reuse',
    severity,
    dedupeKey: `reuse|${severity}|${isNamed(approval)}`,
    renews: 'work',
    ...approvalReuseWords(event, {
      ranAt: before === 'earlier' ? undefined : before.at,
      ...{ isTimedOut, isNamed: isNamed(approval), isSure, scope: scope?.of },
    }),
    ...proofOf(before, event),
    restsOn: event.claims.approval,
    quarantines: 'values',
    threshold: 'static',
    taxonomy: { owasp: ['ASI09'] },
  });
};
