/**
 * What is noted of credentials, under the credential, to where several agents are looked at together: that an agent
 * called with one, and that one stood in a result (`notes/count-credentials.ts`). A secret in a result and a credential
 * in use share one domain of fingerprints, so both meet by it; a credential of which no fingerprint is told is noted by
 * its name.
 * Source: fingerprints of one domain for credentials and values. Limits: the last sixteen that were noted of an agent.
 */

import {
  type AuditEvent,
  assuranceAtLeast,
  matchesGrant,
  type RegistryAgent,
  shortPrint,
} from '@waywarden/schemas';
import type { Output, Transaction } from '@waywarden/stage';
import { NOTES, type Note, type NoteKind, noteOutput } from '../../alerting/shared-note.ts';
import { delegateOf } from '../../domain/delegate.ts';
import { findPrint } from '../../domain/print-table.ts';
import { agentStateKey } from '../../state/agent/agent-key.ts';
import { isChurning, isColdStart, workloadAndIssuer } from '../identity/churned-uids.ts';

/**
 * Credentials, and results with secrets, of an agent of which it is remembered that they were noted. What stood in one
 * result is one of them: a file with many would else push out all the others, and be noted anew with each read.
 */
export const NOTED_CREDENTIALS_MAX = 16;
/** Characters of their fingerprints: nobody chooses what a credential is called here, 48 bits do. */
const MARK_LENGTH = 8;
const DATE_LENGTH = 10;
const USING: ReadonlySet<string> = new Set([
  'tool_call',
  'agent_invoke',
  'delegation',
  'memory_op',
  'resource_read',
  'model_call',
]);
const SECRET_KINDS: ReadonlySet<string> = new Set(['secret', 'token']);
const ISSUES = /^create:credential(@|$)/;
const READS_SECRETS = /^read:secret(@|$)/;

type Workload = NonNullable<Note['ofWorkload']>;

interface Sighted {
  readonly kind: NoteKind;
  /** Fingerprints or names, in order: of a result all that it holds, since whoever pads it chooses how many. */
  readonly credentials: readonly string[];
}

/** Whether the call got secrets because its agent may get secrets. */
function fetches({ capabilities }: AuditEvent, grants: readonly string[] | null): boolean {
  return capabilities.some(
    ({ symbol }) =>
      READS_SECRETS.test(symbol) && grants?.some((one) => matchesGrant(one, symbol)) === true,
  );
}

function found(event: AuditEvent, grants: readonly string[] | null): Sighted | undefined {
  const { result, capabilities, credential } = event;
  let secrets: Set<string> | undefined;
  for (const { kind, fp } of result?.values ?? []) {
    if (!SECRET_KINDS.has(kind) || fp === credential?.fp) continue;
    secrets ??= new Set();
    secrets.add(fp);
  }
  // Most results hold none: what the call may do is looked at after that.
  if (secrets === undefined || capabilities.some(({ symbol }) => ISSUES.test(symbol))) {
    return undefined;
  }
  const kind = fetches(event, grants) ? NOTES.secretFetched : NOTES.secretFound;
  return { kind, credentials: [...secrets].sort() };
}

function used({ credential }: AuditEvent): Sighted | undefined {
  const name = credential?.fp ?? credential?.uid;
  return name === undefined ? undefined : { kind: NOTES.credentialUsed, credentials: [name] };
}

interface Asked {
  readonly grants: readonly string[] | null;
  readonly policyVersion: string;
  readonly registered: RegistryAgent | undefined;
  /** The agent's log time before this event; undefined: it is its first. */
  readonly before?: string | undefined;
  readonly now: string;
}

/** No print has it. */
const COLD_START = '~';
const asColdStart = (mark: string) => COLD_START + mark.slice(1);
const isNoted = (marks: string, mark: string) => findPrint(marks, mark, MARK_LENGTH) >= 0;

/** Whether an agent has a history is asked once a day. */
const isNewDay = ({ before, now }: Asked) =>
  before?.slice(0, DATE_LENGTH) !== now.slice(0, DATE_LENGTH);

function workloadOfColdStart(
  transaction: Transaction,
  event: AuditEvent,
  asked: Asked,
): Workload | undefined {
  if (asked.registered !== undefined || !isColdStart(transaction, event)) return undefined;
  return {
    name: workloadAndIssuer(transaction, event),
    isChurning: isChurning(transaction, event),
  };
}

/**
 * What is only said to be the agent's has a mark of its own: that a proven one is known says more. Marks up to 1.125.0
 * don't tell, nor do those of sights up to 1.146.0, and are none of these: a first proven one would pass for noted.
 */
function markOf(name: string, isClaimed: boolean): string {
  return shortPrint((isClaimed ? 'said|' : 'proven|') + name, MARK_LENGTH);
}

/** Those that were not noted of this agent yet, or while it had no history; they are from now on. */
function unnoted(
  transaction: Transaction,
  event: AuditEvent,
  all: readonly Sighted[],
  asked: Asked,
): readonly Sighted[] {
  if (all.length === 0) return all;
  const key = agentStateKey(event, 'noted');
  const marks = transaction.get<string>(key) ?? '';
  const isClaimed = !assuranceAtLeast(event.agent.assurance, 'authenticated');
  let now = marks;
  const fresh = all.filter((one) => {
    const name = `${one.kind}|credential/${one.credentials.join(' ')}`;
    const mark = markOf(name, isClaimed);
    if (isNoted(marks, mark) || (isClaimed && isNoted(marks, markOf(name, false)))) {
      return false;
    }
    const isUse = asked.registered === undefined && one.kind === NOTES.credentialUsed;
    const isColdStartNoted = isUse && isNoted(marks, asColdStart(mark));
    if (isColdStartNoted && (!isNewDay(asked) || isColdStart(transaction, event))) return false;
    now += isUse && !isColdStartNoted && isColdStart(transaction, event) ? asColdStart(mark) : mark;
    return true;
  });
  if (now !== marks) transaction.put(key, now.slice(-NOTED_CREDENTIALS_MAX * MARK_LENGTH));
  return fresh;
}

/** Who hands work over with a credential hands that over, as far as anybody is told. */
function handed(event: AuditEvent, policyVersion: string): readonly Output[] {
  const { agent, credential, event_time: time } = event;
  const delegate = delegateOf(event);
  const name = credential?.fp ?? credential?.uid;
  if (delegate === undefined || delegate === agent.uid || name === undefined) return [];
  const about = `credential/${name}`;
  return [
    noteOutput(event, { kind: NOTES.credentialHanded, about, time, policyVersion, delegate }),
  ];
}

export function noteCredentials(
  transaction: Transaction,
  event: AuditEvent,
  asked: Asked,
): readonly Output[] {
  if (event.phase !== 'completed' || !USING.has(event.activity)) return [];
  if (event.outcome === 'denied' || event.agent.assurance === 'unresolved') return [];
  if (event.target?.resource_type === 'access_record') return [];
  const { grants, policyVersion } = asked;
  const all = [used(event), found(event, grants)].filter((one) => one !== undefined);
  const sighted = unnoted(transaction, event, all, asked);
  if (sighted.length === 0) return handed(event, policyVersion);
  const time = event.event_time;
  const notes = sighted.flatMap(({ kind, credentials }) => {
    const ofWorkload =
      kind === NOTES.credentialUsed ? workloadOfColdStart(transaction, event, asked) : undefined;
    return credentials.map((one) =>
      noteOutput(event, { kind, about: `credential/${one}`, time, policyVersion, ofWorkload }),
    );
  });
  return [...notes, ...handed(event, policyVersion)];
}
