/**
 * Whether an unreported approval is missed: its source reported nearly all decisions of this agent or tool before.
 * Later silence does not teach that silence is usual.
 */
import { type AuditEvent, shortPrint, sourceNameOf } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { knownOf, storeKnown } from '../../state/agent/agent-key.ts';
import { keepLatest } from '../../state/agent/bounded-lists.ts';

const REPORTED_MIN = 20;
const REPORTED_SHARE = 0.9;
/** The longest unused begins anew. */
const TOOLS_MAX = 128;

type Rows = readonly (readonly [sourceAndTool: string, due: number, reported: number])[];

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

/** Counts this call. */
export function isApprovalMissed(transaction: Transaction, event: AuditEvent): boolean {
  const [ofAgent, bySource] = [
    isReportedOfAgent(transaction, event),
    isReportedBySource(transaction, event),
  ];
  return event.approval === undefined && (ofAgent || bySource);
}
