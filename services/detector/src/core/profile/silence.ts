/**
 * Agents that should be heard of and are not: their registered heartbeat, times `silence_factor`, has
 * passed by the log's own time, and how late a record may come besides. Silence alone is no alarm: a
 * machine may be switched off. It becomes one where a credential of the silent agent is used, which the
 * target's own audit tells: so silence, its end, and such uses are noted under the credential, where
 * they meet (`assembly/count-silence.ts`).
 *
 * The target's record is an event whose `target.resource_type` is `access_record`, told by whoever reads
 * the audit, with the credential that was used. Limits: only agents with `heartbeat_s`; only the last
 * eight credentials that were seen before the silence; one that was issued during it is not known here.
 */
import {
  ASSURANCES,
  type Assurance,
  type AuditEvent,
  CLAIMS,
  type Claim,
  durationMs,
  eachClaim,
  epochMs,
  type Policy,
  type RegistryAgent,
} from '@waywarden/schemas';
import type { Draft, Output } from '@waywarden/stage';
import { agentKeyOf } from '../kept/agent-key.ts';
import { NOTES, type Noted, noteOutput } from './shared-note.ts';

/** Agents of a partition that are listened for; further ones are not. */
export const LISTENED_MAX = 10_000;
const TOKENS_MAX = 8;
const LISTENED = 'listened';

/** Of the last event that was heard, what a note needs of it; claims by digit, as in `CLAIMS`. */
type Last = readonly [
  eventId: string,
  outcome: AuditEvent['outcome'],
  agent: Assurance,
  claims: string,
];

interface Heard {
  readonly tenant: string;
  readonly uid: string;
  readonly last: Last;
  readonly ms: number;
  readonly time: string;
  readonly tokens: readonly string[];
  readonly heartbeatMs: number;
  readonly policyVersion: string;
  readonly silent: boolean;
}

/** As it is stored. */
type StoredHeard = readonly [
  tenant: string,
  uid: string,
  last: Last,
  time: string,
  tokens: readonly string[],
  heartbeatMs: number,
  policyVersion: string,
  silent: 0 | 1,
];

function keep(draft: Draft, key: string, heard: Omit<Heard, 'ms'>): void {
  const { tenant, uid, last, time, tokens, heartbeatMs, policyVersion, silent } = heard;
  const stored = [tenant, uid, last, time, tokens, heartbeatMs, policyVersion, silent ? 1 : 0];
  draft.put(key, stored);
}

function heardAt(draft: Draft, key: string): Heard | undefined {
  const stored = draft.get<StoredHeard>(key);
  if (stored === undefined) return undefined;
  const [tenant, uid, last, time, tokens, heartbeatMs, policyVersion, silent] = stored;
  const at = { time, ms: epochMs(time) };
  return { tenant, uid, last, ...at, tokens, heartbeatMs, policyVersion, silent: silent === 1 };
}

/** Not under the name of earlier versions, which kept more of the event. */
const heardKey = (tenant: string, uid: string) => agentKeyOf(tenant, uid, 'alive');

function lastOf({ event_id, outcome, agent, claims }: AuditEvent): Last {
  return [
    event_id,
    outcome,
    agent.assurance,
    CLAIMS.map((claim) => ASSURANCES.indexOf(claims[claim])).join(''),
  ];
}

function notedOf({ tenant, uid, last }: Heard): Noted {
  const [event_id, outcome, assurance, claims] = last;
  const of = (claim: Claim) =>
    ASSURANCES[Number(claims.charAt(CLAIMS.indexOf(claim)))] ?? 'unresolved';
  return {
    event_id,
    tenant_id: tenant,
    claims: eachClaim(of),
    event_time_quality: 'measured',
    outcome,
    agent: { uid, assurance },
  };
}

function about(heard: Heard, kind: 'silenceBegun' | 'silenceEnded'): readonly Output[] {
  const { time, policyVersion, tokens } = heard;
  const event = notedOf(heard);
  return tokens.map((token) =>
    noteOutput(event, { kind: NOTES[kind], about: `token/${token}`, time, policyVersion }),
  );
}

function listen(draft: Draft, key: string): boolean {
  const all = draft.get<readonly string[]>(LISTENED) ?? [];
  if (all.length >= LISTENED_MAX) return false;
  draft.put(LISTENED, [...all, key]);
  return true;
}

/** Notes that the agent was heard of; what is to be told is the end of a silence. */
export function hear(
  draft: Draft,
  event: AuditEvent,
  registered: RegistryAgent | undefined,
  policyVersion: string,
): readonly Output[] {
  const heartbeat = registered?.monitoring?.heartbeat_s;
  if (heartbeat === undefined || event.event_time_quality !== 'measured') return [];
  const key = heardKey(event.tenant_id, event.agent.uid);
  const before = heardAt(draft, key);
  if (before === undefined && !listen(draft, key)) return [];
  const ms = epochMs(event.event_time);
  // What comes late ends no silence: it was said before it began.
  if (before !== undefined && ms <= before.ms) return [];
  const token = event.credential?.uid;
  const tokens = before?.tokens ?? [];
  const isKnown = token === undefined || tokens.includes(token);
  keep(draft, key, {
    tenant: event.tenant_id,
    uid: event.agent.uid,
    last: lastOf(event),
    time: event.event_time,
    tokens: isKnown ? tokens : [...tokens, token].slice(-TOKENS_MAX),
    heartbeatMs: heartbeat * 1000,
    policyVersion,
    silent: false,
  });
  if (before?.silent !== true) return [];
  return about({ ...before, time: event.event_time, last: lastOf(event) }, 'silenceEnded');
}

/** The target tells that a credential was used. */
export function noteTokenUse(event: AuditEvent, policyVersion: string): readonly Output[] {
  const token = event.credential?.uid;
  if (event.target?.resource_type !== 'access_record' || token === undefined) return [];
  const time = event.event_time;
  const note = { kind: NOTES.tokenSeen, about: `token/${token}`, time, policyVersion };
  return [noteOutput(event, note)];
}

/** Whose silence has begun by this time. */
export function noteSilences(
  draft: Draft,
  nowMs: number,
  limitsOf: (tenant: string) => Policy['limits'] | undefined,
): readonly Output[] {
  const outputs: Output[] = [];
  for (const key of draft.get<readonly string[]>(LISTENED) ?? []) {
    const heard = heardAt(draft, key);
    if (heard === undefined || heard.silent) continue;
    const limits = limitsOf(heard.tenant);
    if (limits === undefined) continue;
    const patience = heard.heartbeatMs * limits.silence_factor + durationMs(limits.lateness);
    if (nowMs - heard.ms <= patience) continue;
    keep(draft, key, { ...heard, silent: true });
    outputs.push(...about(heard, 'silenceBegun'));
  }
  return outputs;
}
