/**
 * Notes of credentials used, or seen in a result, under the credential (`notes/count-credentials.ts`). Secrets and
 * credentials share one domain of fingerprints.
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
import { ACT_ACTIVITIES, delegateOf } from '../../domain/acts.ts';
import { dateOfTime } from '../../domain/day.ts';
import { PRINT_48, printSet } from '../../domain/record-table.ts';
import { agentStateKey } from '../../state/agent/agent-key.ts';
import { isChurning, isColdStart, workloadAndIssuer } from '../identity/churned-uids.ts';

/** A result with many secrets counts once. */
export const NOTED_CREDENTIALS_MAX = 16;
const MARKS = printSet(PRINT_48, NOTED_CREDENTIALS_MAX);
const USING: ReadonlySet<string> = new Set([...ACT_ACTIVITIES, 'model_call']);
const SECRET_KINDS: ReadonlySet<string> = new Set(['secret', 'token']);
const ISSUES = /^create:credential(@|$)/;
const READS_SECRETS = /^read:secret(@|$)/;

type Workload = NonNullable<Note['ofWorkload']>;

interface Sighted {
  readonly kind: NoteKind;
  /** In order: of a result all, since whoever pads it chooses how many. */
  readonly credentials: readonly string[];
}

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
  // Most results hold none.
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
  readonly before?: string | undefined;
  readonly now: string;
}

const COLD_START = '~';
const asColdStart = (mark: string) => COLD_START + mark.slice(1);

const isNewDay = ({ before, now }: Asked) =>
  before === undefined || dateOfTime(before) !== dateOfTime(now);

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

/** The asserted has marks of its own: a later proven one is news. */
function markOf(name: string, isClaimed: boolean): string {
  return shortPrint((isClaimed ? 'said|' : 'proven|') + name, PRINT_48);
}

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
    if (MARKS.has(marks, mark) || (isClaimed && MARKS.has(marks, markOf(name, false)))) {
      return false;
    }
    const isUse = asked.registered === undefined && one.kind === NOTES.credentialUsed;
    const isColdStartNoted = isUse && MARKS.has(marks, asColdStart(mark));
    if (isColdStartNoted && (!isNewDay(asked) || isColdStart(transaction, event))) return false;
    const isFirstCold = isUse && !isColdStartNoted && isColdStart(transaction, event);
    now = MARKS.add(now, isFirstCold ? asColdStart(mark) : mark);
    return true;
  });
  if (now !== marks) transaction.put(key, now);
  return fresh;
}

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
