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
  ASSURANCES,
  type Assurance,
  type AuditEvent,
  assuranceAtLeast,
  epochMs,
  formatLogTime,
  longUuid,
  PRINT_LENGTH,
  type Registry,
  shortPrint,
  shortUuid,
  sourceNameOf,
} from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { agentKey } from '../kept/agent-key.ts';
import { fromDigits, toDigits } from '../kept/print-table.ts';
import { decisiveAssurance } from '../profile/decisive-assurance.ts';
import { isAgentsApproval } from './approval-due.ts';
import { isRefusal } from './refusal.ts';

/** Refusals of an agent that are remembered; the earliest is forgotten. */
const REFUSALS_MAX = 32;
const DAY_MS = 86_400_000;

export interface Refusal {
  readonly call: string;
  /** Fingerprints of the arguments' hash and of the decision; empty where nothing is told. */
  readonly args: string;
  readonly uid: string;
  readonly work: string;
  /** To the millisecond. */
  readonly at: string;
  readonly eventId: string;
  readonly by: string;
  readonly assurance: Assurance;
  /** How far the refusal itself is proven. */
  readonly proven: Assurance;
  readonly source: string;
}

/**
 * As it is stored: fingerprints of call, work, arguments and decision, the time and what both assurances
 * are, in digits, and the event's id; by whom; told by which source. Earlier versions stored it with names,
 * the arguments' hash and the decision in full.
 */
type Stored = readonly [packed: string, by: string, source: string];
const TIME_DIGITS = 7;
const NOTHING = ' '.repeat(PRINT_LENGTH);

const printOf = (text: string | undefined) =>
  text === undefined || text === '' ? '' : shortPrint(text);

function toStored(refusal: Refusal): Stored {
  const { call, args, uid, work, at, eventId, by, assurance, proven, source } = refusal;
  const ms = toDigits(epochMs(at), TIME_DIGITS);
  const levels = [assurance, proven].map((one) => toDigits(ASSURANCES.indexOf(one), 1)).join('');
  const prints = [call, work, args || NOTHING, uid || NOTHING].join('');
  return [prints + ms + levels + shortUuid(eventId), by, source];
}

function isPacked(stored: Stored | Refusal): stored is Stored {
  return Array.isArray(stored);
}

function fromStored(stored: Stored | Refusal): Refusal {
  if (!isPacked(stored)) return { ...stored, args: printOf(stored.args), uid: printOf(stored.uid) };
  const [packed, by, source] = stored;
  const print = (n: number) => packed.slice(n * PRINT_LENGTH, (n + 1) * PRINT_LENGTH).trim();
  const from = 4 * PRINT_LENGTH;
  const levelsAt = from + TIME_DIGITS;
  const level = (n: number) => ASSURANCES[fromDigits(packed.charAt(levelsAt + n))] ?? 'unresolved';
  return {
    ...{ call: print(0), work: print(1), args: print(2), uid: print(3) },
    at: formatLogTime({ ms: fromDigits(packed.slice(from, levelsAt)), ns: 0 }),
    eventId: longUuid(packed.slice(levelsAt + 2)),
    ...{ by, assurance: level(0), proven: level(1), source },
  };
}

/** Whether the call names the refusal as its approval. */
export function isUnder(event: AuditEvent, { uid }: Refusal): boolean {
  return uid !== '' && uid === printOf(event.approval?.uid);
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
    args: printOf(event.args?.hash),
    uid: printOf(event.approval?.uid),
    work: workOf(event),
    at: event.event_time,
    eventId: event.event_id,
    by: event.approval?.by ?? 'a person',
    assurance: decisiveAssurance(event),
    proven: event.claims.approval,
    source: sourceNameOf(event),
  };
  const before = draft.get<readonly (Stored | Refusal)[]>(refusalKey(event)) ?? [];
  const packed = before.map((one) => (isPacked(one) ? one : toStored(fromStored(one))));
  draft.put(refusalKey(event), [...packed, toStored(refusal)].slice(-REFUSALS_MAX));
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
  const args = printOf(event.args?.hash);
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
  const stored = draft.get<readonly (Stored | Refusal)[]>(refusalKey(event));
  if (stored === undefined) return undefined;
  const refusals = stored.map(fromStored);
  const under = refusals.find((one) => isUnder(event, one));
  if (under !== undefined) return under;
  const same = refusals.filter((one) => isSameCall(event, one, isDue));
  return same.find((one) => !isApprovedSince(event, one, registry));
}
