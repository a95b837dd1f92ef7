/**
 * What a person refused, and what ran all the same: the same call without a person who approved it since,
 * or any call under the decision that was a refusal (`approval.uid`).
 *
 * The same call: by the same tool on the same target with the same arguments, as far as both tell of them,
 * in the same work or within a day. Other arguments for the same target are the same call where the class
 * wants a decision over it: who was refused 900 and pays 899 was not approved. Where it wants none, another
 * change of the same ticket is another matter.
 *
 * A person who approves it later has thought again. One whose approval is worth less than the refusal was
 * (only asserted, after a proven refusal) has not.
 */
import {
  type Assurance,
  type AuditEvent,
  assuranceAtLeast,
  epochMs,
  type Registry,
  shortPrint,
  sourceNameOf,
} from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { agentKey } from '../kept/agent-key.ts';
import { decisiveAssurance } from '../profile/decisive-assurance.ts';
import { isAgentsApproval } from './approval-due.ts';
import { isRefusal } from './refusal.ts';

/** Refusals of an agent that are remembered; the earliest is forgotten. */
const REFUSALS_MAX = 32;
const DAY_MS = 86_400_000;

export interface Refusal {
  readonly call: string;
  readonly args: string;
  readonly uid: string;
  readonly work: string;
  readonly at: string;
  readonly eventId: string;
  readonly by: string;
  readonly assurance: Assurance;
  /** How far the refusal itself is proven. */
  readonly proven: Assurance;
  readonly source: string;
}

const refusalKey = (event: AuditEvent) => agentKey(event, 'refused');
const workOf = ({ task, chain_id: chain }: AuditEvent) => shortPrint(task?.id ?? chain);

function callOf({ tool, target }: AuditEvent): string {
  const place = [target?.system, target?.resource_type, target?.resource_id, target?.environment];
  return shortPrint(JSON.stringify([tool?.server, tool?.name, ...place]));
}

/** Remembers the call where a person refused it. */
export function noteRefusal(draft: Draft, event: AuditEvent): void {
  if (!isRefusal(event)) return;
  const refusal: Refusal = {
    call: callOf(event),
    args: event.args?.hash ?? '',
    uid: event.approval?.uid ?? '',
    work: workOf(event),
    at: event.event_time,
    eventId: event.event_id,
    by: event.approval?.by ?? 'a person',
    assurance: decisiveAssurance(event),
    proven: event.claims.approval,
    source: sourceNameOf(event),
  };
  const before = draft.get<readonly Refusal[]>(refusalKey(event)) ?? [];
  draft.put(refusalKey(event), [...before, refusal].slice(-REFUSALS_MAX));
}

/** Whether a person approved this call, as provably as it was refused. */
function isApprovedSince(event: AuditEvent, refusal: Refusal, registry: Registry): boolean {
  if (event.approval?.mode !== 'human' || isAgentsApproval(event, registry)) return false;
  return assuranceAtLeast(event.claims.approval, refusal.proven);
}

function isSameCall(event: AuditEvent, refusal: Refusal, isDue: boolean): boolean {
  if (refusal.call !== callOf(event)) return false;
  const isNear =
    refusal.work === workOf(event) || epochMs(event.event_time) - epochMs(refusal.at) <= DAY_MS;
  const args = event.args?.hash ?? '';
  const isAlike = args === refusal.args || args === '' || refusal.args === '';
  const namesTarget = event.target?.resource_id !== undefined;
  return isNear && (isAlike ? namesTarget || args !== '' : namesTarget && isDue);
}

/** The refusal against which this call ran; `isDue`: its class wants a decision over it. */
export function refusedBefore(
  draft: Draft,
  event: AuditEvent,
  { registry, isDue }: { readonly registry: Registry; readonly isDue: boolean },
): Refusal | undefined {
  const refusals = draft.get<readonly Refusal[]>(refusalKey(event));
  if (refusals === undefined) return undefined;
  const uid = event.approval?.uid ?? '';
  const under = refusals.find((one) => uid !== '' && one.uid === uid);
  if (under !== undefined) return under;
  const same = refusals.filter((one) => isSameCall(event, one, isDue));
  return same.find((one) => !isApprovedSince(event, one, registry));
}
