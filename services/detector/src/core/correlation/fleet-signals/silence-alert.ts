/** Silence while credentials are in use: about one agent, or about the source that reports several. */
import type { Alert, PrivilegeStep } from '@waywarden/schemas';
import { RULE_SEVERITIES } from '../../domain/severities.ts';
import {
  type SilenceFound,
  type SilentAgent,
  silenceWords,
  sourceSilenceWords,
} from '../../wording/fleet-changes.ts';
import { noteAlert } from './note-alert.ts';

/** All are named before any twice. */
function inTurn(silent: readonly SilentAgent[]): readonly (readonly [PrivilegeStep, string])[] {
  const uses = silent.flatMap((one) => one.uses.map((use, at) => ({ use, at })));
  const first = silent.map(({ silence }) => [silence, 'last_heard'] as const);
  const used = uses
    .sort((a, b) => a.at - b.at)
    .map(({ use }) => [use, 'use_of_credential'] as const);
  return silent.length === 1 ? [...used, ...first] : [...first, ...used];
}

export function silenceAlert(found: SilenceFound, at: string): Alert {
  const { silent, source } = found;
  const [first] = silent;
  if (first === undefined) throw new Error('A silence was told of, and none is kept.');
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
