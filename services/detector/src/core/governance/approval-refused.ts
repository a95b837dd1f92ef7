/**
 * What a person refused, and what ran all the same: the same call without a person who approved it since, or any call
 * under the decision that was a refusal (`approval.uid`).
 */
import {
  ASSURANCES,
  type Assurance,
  type AuditEvent,
  assuranceAtLeast,
  epochMs,
  formatLogTime,
  isSensitive,
  longUuid,
  PRINT_LENGTH,
  type Registry,
  shortPrint,
  shortUuid,
  sourceNameOf,
} from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { agentKey } from '../kept/agent-key.ts';
import { keepWorthiest } from '../kept/keep-worthiest.ts';
import { fromDigits, toDigits } from '../kept/print-table.ts';
import { workOf } from '../piece-of-work.ts';
import { decisiveAssurance } from '../profile/decisive-assurance.ts';
import { isAgentsApproval } from './approval-due.ts';
import { isRefusal } from './refusal.ts';

/**
 * Refusals of an agent that are remembered. What is only asserted makes room before what is proven, what is
 * sensitive after what is not, and of equals the earliest.
 */
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
  /** What was refused would have been sensitive. */
  readonly isGrave: boolean;
}

/**
 * As they are stored: people and sources, which are a few, and of each refusal in one text fingerprints of call and
 * work; in digits the time, what both assurances are, where its person and source stand, and whether it is
 * grave and which of the next two are told; fingerprints of arguments and decision; the event's id.
 */
type Stored = readonly [names: readonly string[], ...refusals: string[]];
/** 48 bits: a call that is taken for a refused one by chance is one of 10^13. */
const PRINT = 8;
const TIME_DIGITS = 7;
const LEVELS_AT = 2 * PRINT + TIME_DIGITS;
const NAMES_AT = LEVELS_AT + 2;
const MARKS_AT = NAMES_AT + 2;
const ARGS = 1;
const UID = 2;
const GRAVE = 4;
/** Earlier versions stored each with its names and all prints, or with fields, the arguments' hash and the decision. */
type Earlier = readonly (
  | readonly [packed: string, by: string, source: string]
  | Omit<Refusal, 'isGrave'>
)[];

const printOf = (text: string | undefined) =>
  text === undefined || text === '' ? '' : shortPrint(text, PRINT);

function toStored(refusals: readonly Refusal[]): Stored {
  const names = [...new Set(refusals.flatMap(({ by, source }) => [by, source]))];
  const digit = (value: number) => toDigits(value, 1);
  const texts = refusals.map(({ call, args, uid, work, at, eventId, by, source, ...of }) => {
    const levels = [of.assurance, of.proven].map((one) => digit(ASSURANCES.indexOf(one)));
    const places = [by, source].map((one) => digit(names.indexOf(one)));
    const marks = digit(
      (args === '' ? 0 : ARGS) + (uid === '' ? 0 : UID) + (of.isGrave ? GRAVE : 0),
    );
    const time = toDigits(epochMs(at), TIME_DIGITS);
    return [call, work, time, ...levels, ...places, marks, args, uid, shortUuid(eventId)].join('');
  });
  return [names, ...texts];
}

function fromStored(names: readonly string[], text: string): Refusal {
  const digit = (at: number) => fromDigits(text.charAt(at));
  const level = (n: number) => ASSURANCES[digit(LEVELS_AT + n)] ?? 'unresolved';
  const name = (n: number) => names[digit(NAMES_AT + n)] ?? '';
  const marks = digit(MARKS_AT);
  const argsAt = MARKS_AT + 1;
  const uidAt = argsAt + ((marks & ARGS) === 0 ? 0 : PRINT);
  const idAt = uidAt + ((marks & UID) === 0 ? 0 : PRINT);
  return {
    call: text.slice(0, PRINT),
    work: text.slice(PRINT, 2 * PRINT),
    args: text.slice(argsAt, uidAt),
    uid: text.slice(uidAt, idAt),
    at: formatLogTime({ ms: fromDigits(text.slice(2 * PRINT, LEVELS_AT)), ns: 0 }),
    eventId: longUuid(text.slice(idAt)),
    ...{ by: name(0), assurance: level(0), proven: level(1), source: name(1) },
    isGrave: (marks & GRAVE) !== 0,
  };
}

function fromEarlier(one: Earlier[number]): Refusal {
  if (!isPacked(one)) {
    const [call, work] = [one.call.slice(0, PRINT), one.work.slice(0, PRINT)];
    return { ...one, call, work, args: printOf(one.args), uid: printOf(one.uid), isGrave: false };
  }
  const [packed, by, source] = one;
  const print = (n: number) =>
    packed
      .slice(n * PRINT_LENGTH, (n + 1) * PRINT_LENGTH)
      .trim()
      .slice(0, PRINT);
  const from = 4 * PRINT_LENGTH;
  const levelsAt = from + TIME_DIGITS;
  const level = (n: number) => ASSURANCES[fromDigits(packed.charAt(levelsAt + n))] ?? 'unresolved';
  return {
    ...{ call: print(0), work: print(1), args: print(2), uid: print(3) },
    at: formatLogTime({ ms: fromDigits(packed.slice(from, levelsAt)), ns: 0 }),
    eventId: longUuid(packed.slice(levelsAt + 2)),
    ...{ by, assurance: level(0), proven: level(1), source, isGrave: false },
  };
}

function isPacked(one: Earlier[number]): one is readonly [string, string, string] {
  return Array.isArray(one);
}

function isPresent(stored: Stored | Earlier): stored is Stored {
  return typeof stored[1] === 'string';
}

function refusalsOf(draft: Draft, event: AuditEvent): readonly Refusal[] {
  const stored = draft.get<Stored | Earlier>(refusalKey(event));
  if (stored === undefined) return NO_REFUSALS;
  if (!isPresent(stored)) return stored.map(fromEarlier);
  const [names, ...texts] = stored;
  return texts.map((text) => fromStored(names, text));
}

const NO_REFUSALS: readonly Refusal[] = [];

/** Whether the call names the refusal as its approval. */
export function isUnder(event: AuditEvent, { uid }: Refusal): boolean {
  return uid !== '' && uid === printOf(event.approval?.uid);
}

const refusalKey = (event: AuditEvent) => agentKey(event, 'refused');
const workPrint = (event: AuditEvent) => shortPrint(event.task?.id ?? workOf(event), PRINT);

function callOf({ tool, target }: AuditEvent): string {
  const place = [target?.system, target?.resource_type, target?.resource_id, target?.environment];
  return shortPrint(JSON.stringify([tool?.server, tool?.name, ...place]), PRINT);
}

function worthOf({ proven, isGrave }: Refusal): number {
  return (assuranceAtLeast(proven, 'authenticated') ? 2 : 0) + (isGrave ? 1 : 0);
}

/** Remembers the call where a person refused it. */
export function noteRefusal(draft: Draft, event: AuditEvent): void {
  if (!isRefusal(event)) return;
  const refusal: Refusal = {
    call: callOf(event),
    args: printOf(event.args?.hash),
    uid: printOf(event.approval?.uid),
    work: workPrint(event),
    at: event.event_time,
    eventId: event.event_id,
    by: event.approval?.by ?? 'a person',
    assurance: decisiveAssurance(event),
    proven: event.claims.approval,
    source: sourceNameOf(event),
    isGrave: event.capabilities.some(({ symbol }) => isSensitive(symbol)),
  };
  const all = keepWorthiest([...refusalsOf(draft, event), refusal], REFUSALS_MAX, worthOf);
  draft.put(refusalKey(event), toStored(all));
}

/** Whether a person approved this call, as provably as it was refused. */
function isApprovedSince(event: AuditEvent, refusal: Refusal, registry: Registry): boolean {
  if (event.approval?.mode !== 'human' || isAgentsApproval(event, registry)) return false;
  return assuranceAtLeast(event.claims.approval, refusal.proven);
}

/** With the same arguments, as far as both tell of them. */
function isAlike(event: AuditEvent, refusal: Refusal): boolean {
  const args = printOf(event.args?.hash);
  return args === refusal.args || args === '' || refusal.args === '';
}

function isSameCall(event: AuditEvent, refusal: Refusal, isDue: boolean): boolean {
  if (refusal.call !== callOf(event)) return false;
  const isNear =
    refusal.work === workPrint(event) || epochMs(event.event_time) - epochMs(refusal.at) <= DAY_MS;
  const namesTarget = event.target?.resource_id !== undefined;
  const namesCall = namesTarget || event.args?.hash !== undefined;
  return isNear && (isAlike(event, refusal) ? namesCall : namesTarget && isDue);
}

/** When a person last refused what this call does; `isDue`: its class wants a decision over it. */
export function lastRefusedMs(draft: Draft, event: AuditEvent, isDue: boolean): number | undefined {
  const same = refusalsOf(draft, event).filter((one) => isSameCall(event, one, isDue));
  return same.length === 0 ? undefined : Math.max(...same.map(({ at }) => epochMs(at)));
}

interface Asked {
  readonly registry: Registry;
  readonly isDue: boolean;
  /** What a person approved was other than what ran: he has not thought again of this. */
  readonly isOther?: boolean;
}

/** The refusal against which this call ran; those that a person takes back by approving it are forgotten. */
export function refusedBefore(
  draft: Draft,
  event: AuditEvent,
  { registry, isDue, isOther = false }: Asked,
): Refusal | undefined {
  const refusals = refusalsOf(draft, event);
  if (refusals.length === 0) return undefined;
  const under = refusals.find((one) => isUnder(event, one));
  if (under !== undefined) return under;
  const same = refusals.filter((one) => isSameCall(event, one, isDue));
  if (isOther) return same[0];
  const approved = same.filter((one) => isApprovedSince(event, one, registry));
  const ms = epochMs(event.event_time);
  const over = approved.filter((one) => isAlike(event, one) && epochMs(one.at) < ms);
  if (over.length > 0) {
    const left = refusals.filter((one) => !over.includes(one));
    if (left.length === 0) draft.delete(refusalKey(event));
    else draft.put(refusalKey(event), toStored(left));
  }
  return same.find((one) => !approved.includes(one));
}
