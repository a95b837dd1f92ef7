/**
 * Containments from what is stored: the commands, their receipts, and the later calls of each subject
 * whoever's credential they used. The judgement is the core's.
 */
import { type Alert, type AuditEvent, epochMs, type RevocationCommand } from '@waywarden/schemas';
import type { Containment } from '../core/containment-model.ts';
import { containmentOf } from '../core/containment-state.ts';
import type { EventRow } from '../core/view-model.ts';
import type { ConsoleStore } from '../store/console-store.ts';

/** Denied calls and calls of evidence whose records are read, the earliest ones. */
const RECORDS_MAX = 100;

/**
 * The call after which the order was given: of the alert's evidence the last one before the order. A
 * later revision of the alert cites calls that came after, such as the one that was denied.
 */
function decidingCall(
  command: RevocationCommand,
  alert: Alert,
  stored: readonly AuditEvent[],
): { readonly event_id: string; readonly at: string } | null {
  const ids = new Set(alert.assembly?.proof ?? alert.evidence.map((one) => one.event_id));
  const before = stored
    .filter((one) => ids.has(one.event_id) && one.outcome !== 'denied')
    .filter((one) => epochMs(one.event_time) <= epochMs(command.issued_at))
    .toSorted((a, b) => epochMs(a.event_time) - epochMs(b.event_time));
  const last = before.at(-1);
  return last === undefined ? null : { event_id: last.event_id, at: last.event_time };
}

/** The subject's calls: at its level, with any credential. */
function isOfSubject({ target }: RevocationCommand, call: EventRow): boolean {
  if (call.agent_uid !== target.agent_uid) return false;
  if (target.level === 'task') return call.task_id === target.task_id;
  if (target.level === 'tool')
    return call.tool === target.tool || call.tool.endsWith(`/${target.tool}`);
  return true;
}

export async function readContainments(
  store: ConsoleStore,
  commands: readonly RevocationCommand[],
  alerts: readonly Alert[],
  asOf: string,
): Promise<readonly Containment[]> {
  const undone = new Map(
    commands.flatMap((one): [string, RevocationCommand][] =>
      one.restores === undefined ? [] : [[one.restores, one]],
    ),
  );
  const orders = commands.filter((one) => one.action !== 'restore' && one.action !== 'probe');
  if (orders.length === 0) return [];
  const since = orders.map((one) => one.issued_at).toSorted((a, b) => epochMs(a) - epochMs(b));
  const agents = [...new Set(orders.map((one) => one.target.agent_uid))];
  const [receipts, calls] = await Promise.all([
    store.receiptsOf(commands.map((one) => one.command_id)),
    store.callsSince(agents, since[0] ?? asOf),
  ]);
  const denied = calls.filter((call) => call.outcome === 'denied').slice(0, RECORDS_MAX);
  const cited = alerts.flatMap((one) => one.evidence.map((call) => call.event_id));
  const [refusals, evidence] = await Promise.all([
    store.events(denied.map((call) => call.event_id)),
    store.events([...new Set(cited)].slice(0, RECORDS_MAX)),
  ]);
  const grounds = new Map(
    refusals.flatMap(({ event_id, policy }): [string, string][] =>
      policy?.id === undefined ? [] : [[event_id, policy.id]],
    ),
  );
  return orders.map((command) => {
    const undo = undone.get(command.command_id) ?? null;
    const alert = alerts.find((one) => command.alert_ids.includes(one.alert_id));
    return containmentOf({
      command,
      alertTitle: alert?.title ?? '',
      event: alert === undefined ? null : decidingCall(command, alert, evidence),
      alertAt: alert?.first_detected_at ?? null,
      receipts: receipts.filter((one) => one.command_id === command.command_id),
      calls: calls.filter((call) => isOfSubject(command, call)),
      grounds,
      known: store.known(command.command_id),
      undo,
      undoReceipts: receipts.filter((one) => one.command_id === undo?.command_id),
      asOf,
    });
  });
}
