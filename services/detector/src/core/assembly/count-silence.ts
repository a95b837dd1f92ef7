/**
 * A silent agent whose credential is in use: under the key of the credential, notes of silence from the
 * agent's side meet notes of use from the target's side, in whichever order they come. One alert a
 * silence; further uses raise its count.
 *
 * What the agent was last heard of and a use may lie on two clocks: a use counts from four minutes after
 * the last word on.
 */
import { type Alert, epochMs, type PrivilegeStep } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { NOTES } from '../profile/shared-note.ts';
import { noteAlert, rememberNote, revisedAlert, shortAgent } from './note-alert.ts';

/** Credentials of a partition whose uses and silences are remembered; the oldest is forgotten. */
export const SILENT_TOKENS_MAX = 100_000;
const USES_MAX = 16;
const SKEW_MS = 240_000;
const RING = 'silences';

interface Token {
  /** The last word of its agent before it fell silent; absent while it speaks. */
  readonly silence?: PrivilegeStep;
  readonly uses: readonly PrivilegeStep[];
  readonly last?: Alert;
}

function describe(silence: PrivilegeStep, uses: readonly PrivilegeStep[], at: string): Alert {
  const who = shortAgent(silence.agent_uid);
  const since = silence.event_time.slice(0, 19);
  const first = uses[0]?.event_time.slice(0, 19) ?? '';
  return noteAlert({
    kind: 'telemetry_gap',
    ruleId: 'silent-while-used',
    severity: 'high',
    alertKey: `${silence.workload ?? ''}|${silence.event_id}`,
    causeKey: `silence|${silence.agent_uid}`,
    subject: silence,
    evidence: [
      ...uses.map((use) => [use, 'use_of_credential'] as const),
      [silence, 'last_heard'] as const,
    ],
    count: uses.length,
    title: `Nothing is told of ${who}, and its credential is in use`,
    summary: `${who} was last heard of at ${since}, and its heartbeats stopped. Its credential was used at the target since (${uses.length} uses known, the first at ${first}). What it does there is not told.`,
    expected: 'heartbeats, or no use of its credential',
    observed: `${uses.length} uses while silent`,
    notVisible: ['What was done with the credential is not visible: only that the target saw it.'],
    taxonomy: { owasp: ['ASI03'], attack: ['T1562.008'] },
    detectedAt: at,
  });
}

function conclude(before: Token, now: Token, at: string): { token: Token; alert?: Alert } {
  const { silence } = now;
  if (silence === undefined) return { token: now };
  const from = epochMs(silence.event_time) + SKEW_MS;
  const uses = now.uses.filter((use) => epochMs(use.event_time) > from);
  if (uses.length === 0) return { token: now };
  const fresh = describe(silence, uses, at);
  const { last } = before;
  if (last !== undefined && fresh.count < last.count * 2) return { token: { ...now, last } };
  const alert = last === undefined ? fresh : revisedAlert(last, fresh);
  return { token: { ...now, last: alert }, alert };
}

function withNote(before: Token, step: PrivilegeStep): Token {
  switch (step.activity) {
    case NOTES.silenceBegun:
      return { silence: step, uses: before.uses };
    case NOTES.silenceEnded:
      return { uses: [] };
    default:
      return { ...before, uses: [...before.uses, step].slice(-USES_MAX) };
  }
}

export function countSilence(draft: Draft, step: PrivilegeStep, at: string): Alert | undefined {
  const key = `token/${JSON.stringify([step.tenant_id, step.workload])}`;
  const known = draft.get<Token>(key);
  if (known === undefined) rememberNote(draft, RING, key, SILENT_TOKENS_MAX);
  const before = known ?? { uses: [] };
  const { token, alert } = conclude(before, withNote(before, step), at);
  draft.put(key, token);
  return alert;
}
