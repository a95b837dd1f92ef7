/**
 * What is noted of credentials, under the credential, to where several agents are looked at together:
 * that an agent called with one, and that one stood in a result (`assembly/count-credentials.ts`). A
 * secret in a result and a credential in use share one domain of fingerprints, so both meet by it; a
 * credential of which no fingerprint is told is noted by its name.
 *
 * Fetching is told from finding: a call that may read secrets by its agent's grant fetched what it was
 * meant to get. A call that makes a credential hands it out, which is neither.
 *
 * Not noted: what targets tell in their own audit (the auditor names the credential of others), calls of
 * agents whose identity is not known, and calls that were denied. Once for an agent and a credential, as
 * long as it is among the last that the agent showed.
 *
 * Method: each use and each sight of a secret noted once, by fingerprint. Source: fingerprints of one domain for
 * credentials and values.
 * Limits: the last sixteen that were noted of an agent; all secrets that an event holds of a result (64), and none of
 * those that its source left out.
 */
import { type AuditEvent, matchesGrant, shortPrint } from '@waywarden/schemas';
import type { Draft, Output } from '@waywarden/stage';
import { agentKey } from '../kept/agent-key.ts';
import { findPrint } from '../kept/print-table.ts';
import { NOTES, type NoteKind, noteOutput } from './shared-note.ts';

/**
 * Credentials, and results with secrets, of an agent of which it is remembered that they were noted. What stood in one
 * result is one of them: a file with many would else push out all the others, and be noted anew with each read.
 */
export const NOTED_CREDENTIALS_MAX = 16;
/** Characters of their fingerprints: nobody chooses what a credential is called here, 48 bits do. */
const MARK_LENGTH = 8;
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

function found(event: AuditEvent, grants: readonly string[] | null): readonly Sighted[] {
  const { result, capabilities, credential } = event;
  const secrets = (result?.values ?? [])
    .filter(({ kind, fp }) => SECRET_KINDS.has(kind) && fp !== credential?.fp)
    .map(({ fp }) => fp);
  // Most results hold none: what the call may do is looked at after that.
  if (secrets.length === 0 || capabilities.some(({ symbol }) => ISSUES.test(symbol))) return [];
  const kind = fetches(event, grants) ? NOTES.secretFetched : NOTES.secretFound;
  return [{ kind, credentials: [...new Set(secrets)].sort() }];
}

function used({ credential }: AuditEvent): readonly Sighted[] {
  const name = credential?.fp ?? credential?.uid;
  return name === undefined ? [] : [{ kind: NOTES.credentialHeld, credentials: [name] }];
}

/** Those that were not noted of this agent yet; they are from now on. */
function unnoted(draft: Draft, event: AuditEvent, all: readonly Sighted[]): readonly Sighted[] {
  if (all.length === 0) return all;
  const key = agentKey(event, 'noted');
  const before = draft.get<string>(key) ?? '';
  const mark = ({ kind, credentials }: Sighted) =>
    shortPrint(`${kind}|credential/${credentials.join(' ')}`, MARK_LENGTH);
  const fresh = all.filter((one) => findPrint(before, mark(one), MARK_LENGTH) < 0);
  if (fresh.length > 0) {
    const marks = before + fresh.map(mark).join('');
    draft.put(key, marks.slice(-NOTED_CREDENTIALS_MAX * MARK_LENGTH));
  }
  return fresh;
}

export function noteCredentials(
  draft: Draft,
  event: AuditEvent,
  { grants, policyVersion }: { grants: readonly string[] | null; policyVersion: string },
): readonly Output[] {
  if (event.phase !== 'completed' || !USING.has(event.activity)) return [];
  if (event.outcome === 'denied' || event.agent.assurance === 'unresolved') return [];
  if (event.target?.resource_type === 'access_record') return [];
  const sighted = unnoted(draft, event, [...used(event), ...found(event, grants)]);
  const time = event.event_time;
  return sighted.flatMap(({ kind, credentials }) =>
    credentials.map((one) =>
      noteOutput(event, { kind, about: `credential/${one}`, time, policyVersion }),
    ),
  );
}
