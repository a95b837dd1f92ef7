/**
 * A silent agent whose credential is in use: notes from both sides meet under the credential's key. Reported to the
 * source (`count-outage.ts`), or here where none is known.
 */
import { type Alert, epochMs, type PrivilegeStep } from '@waywarden/schemas';
import type { Output, Transaction } from '@waywarden/stage';
import { NOTES, passedNote } from '../../alerting/shared-note.ts';
import { restate } from '../../alerting/standing-alert.ts';
import { CLOCK_SKEW_MAX_MS } from '../../domain/day.ts';
import { RULE_SEVERITIES } from '../../domain/severities.ts';
import { rememberInRing } from '../../state/agent/bounded-lists.ts';
import {
  type SilenceFound,
  type SilentAgent,
  silenceWords,
  sourceSilenceWords,
} from '../../wording/silence.ts';
import { noteAlert } from './note-alert.ts';

/** The oldest is forgotten. */
export const SILENT_TOKENS_MAX = 100_000;
const USES_MAX = 16;
const RING = 'silences';

interface Token {
  readonly silence?: PrivilegeStep;
  readonly uses: readonly PrivilegeStep[];
  readonly last?: Alert;
  readonly reportedCount?: number;
}

export interface SignalOutcome {
  readonly alert?: Alert;
  readonly note?: Output;
}

interface Conclusion extends SignalOutcome {
  readonly token: Token;
}

function reportedOn(
  silence: PrivilegeStep,
  uses: readonly PrivilegeStep[],
  source: string,
): Output {
  const last = uses.at(-1) ?? silence;
  const reported: PrivilegeStep = {
    ...last,
    noted_agent_uid: silence.agent_uid,
    noted_since_ms: epochMs((uses[0] ?? silence).event_time),
    noted_count: uses.length,
  };
  return passedNote(reported, NOTES.usedWhileSilent, `outage/${source}`);
}

function conclude(before: Token, now: Token, at: string): Conclusion {
  const { silence } = now;
  if (silence === undefined) return { token: now };
  const from = epochMs(silence.event_time) + 2 * CLOCK_SKEW_MAX_MS;
  const uses = now.uses.filter((use) => epochMs(use.event_time) > from);
  if (uses.length === 0) return { token: now };
  const { last, reportedCount: reported = 0 } = before;
  if (silence.reported_by !== undefined) {
    if (uses.length < reported * 2) return { token: { ...now, reportedCount: reported } };
    const note = reportedOn(silence, uses, silence.reported_by);
    return { token: { ...now, reportedCount: uses.length }, note };
  }
  const fresh = silenceAlert({ silent: [{ silence, uses, count: uses.length }] }, at);
  const alert = restate(last, fresh);
  return { token: { ...now, last: alert ?? last ?? fresh }, ...(alert && { alert }) };
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

export function countSilence(
  transaction: Transaction,
  step: PrivilegeStep,
  at: string,
): SignalOutcome {
  const key = `token/${JSON.stringify([step.tenant_id, step.workload])}`;
  const known = transaction.get<Token>(key);
  if (known === undefined) rememberInRing(transaction, RING, key, SILENT_TOKENS_MAX);
  const before = known ?? { uses: [] };
  const { token, ...concluded } = conclude(before, withNote(before, step), at);
  transaction.put(key, token);
  return concluded;
}

/** All are named before any twice. */
function inTurn(silent: readonly SilentAgent[]): readonly (readonly [PrivilegeStep, string])[] {
  const uses = silent.flatMap((one) => one.uses.map((use, at) => ({ use, at })));
  const first = silent.map(({ silence }) => [silence, 'last_heard'] as const);
  const used = uses
    .sort((a, b) => a.at - b.at)
    .map(({ use }) => [use, 'use_of_credential'] as const);
  return silent.length === 1 ? [...used, ...first] : [...first, ...used];
}

/** Silence while credentials are in use: about one agent, or about the source that reports several. */
export function silenceAlert(found: SilenceFound, at: string): Alert {
  const { silent, source } = found;
  const [first] = silent;
  if (first === undefined) throw new Error('A silence was counted and none is stored.');
  const isSource = silent.length > 1 && source !== undefined;
  const count = silent.reduce((sum, one) => sum + one.count, 0);
  const { silence } = first;
  const about = source === undefined ? (silence.workload ?? '') : `outage/${source}`;
  const alert = noteAlert({
    kind: 'telemetry_gap',
    ruleId: 'silent-while-used',
    severity: RULE_SEVERITIES['silent-while-used'].plain,
    alertKey: `${about}|${silence.event_id}`,
    causeKey:
      source === undefined ? `silence|${silence.agent_uid}` : `${about}|${silence.event_id}`,
    subject: silence,
    evidence: inTurn(silent),
    count,
    ...(isSource ? sourceSilenceWords(found, source, count) : silenceWords(first, found)),
    threshold: silence.usual_ms === undefined ? 'operator' : 'learned',
    taxonomy: { owasp: ['ASI03'], attack: ['T1562.008'] },
    detectedAt: at,
  });
  return isSource ? { ...alert, subject: { agent_uid: source } } : alert;
}
