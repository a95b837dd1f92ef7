/**
 * Whether an approval that is not told is missed: its source told of decisions over this agent's calls
 * before, or over the calls of others by the same tool, and over nearly all of them. Who tells of some
 * only (half of a gateway's teams ask elsewhere) says nothing by its silence.
 *
 * What was told of the source is not counted further once it is known: silence afterwards is what is
 * looked for, and must not teach that silence is usual.
 */
import { type AuditEvent, shortPrint, sourceNameOf } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { keepLatest } from '../../state/agent/keep-latest.ts';
import { knownOf, storeKnown } from '../../state/agent/known-of-agent.ts';

/** Decisions that were told of before a call without one is missed. */
const REPORTED_MIN = 20;
/** Of the calls by one tool that need a decision, how many must have told of one. */
const REPORTED_SHARE = 0.9;
/** Tools of a tenant's sources of which this is counted; the longest unused begins anew. */
const TOOLS_MAX = 128;

type Rows = readonly (readonly [sourceAndTool: string, due: number, reported: number])[];

/** How often approvals were told of this agent before; counts this call's. */
function isReportedOfAgent(transaction: Transaction, event: AuditEvent): boolean {
  const reported = knownOf<number>(transaction, event, 'approvals') ?? 0;
  if (event.approval !== undefined && reported < REPORTED_MIN)
    storeKnown(transaction, event, 'approvals', reported + 1);
  return reported >= REPORTED_MIN;
}

function isReportedBySource(transaction: Transaction, event: AuditEvent): boolean {
  const { tenant_id: tenant, tool, approval } = event;
  const key = `approvals-told|${tenant}`;
  const name = shortPrint(
    JSON.stringify([sourceNameOf(event), tool?.server ?? '', tool?.name ?? '']),
  );
  const rows = transaction.get<Rows>(key) ?? [];
  const [, due, reported] = rows.find(([one]) => one === name) ?? [name, 0, 0];
  if (reported >= REPORTED_MIN && reported >= REPORTED_SHARE * due) return true;
  const row = [name, due + 1, reported + (approval === undefined ? 0 : 1)] as const;
  transaction.put(key, keepLatest(rows, row, TOOLS_MAX));
  return false;
}

/** Asked of calls that need a decision; counts this one. */
export function isApprovalMissed(transaction: Transaction, event: AuditEvent): boolean {
  const [ofAgent, bySource] = [
    isReportedOfAgent(transaction, event),
    isReportedBySource(transaction, event),
  ];
  return event.approval === undefined && (ofAgent || bySource);
}
