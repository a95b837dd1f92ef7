/** The alert that the canary is missing, written by whoever proves. Its subject is Waywarden itself. */
import type { AppendRecord } from '@waywarden/event-log';
import {
  type Alert,
  alertId,
  alertKey,
  cloudEventType,
  HEADERS,
  incidentId,
  type MacKey,
  macHeaders,
  TOPICS,
} from '@waywarden/schemas';

const KIND = 'canary_missing';
const RULE = 'canary';
const RULE_VERSION = '1';
const SUBJECT = 'waywarden/canary';
const ENCODER = new TextEncoder();

const WAYS: Readonly<Record<CanaryProof, string>> = {
  hijack: 'an agent that obeys a mail',
  assembly: 'three agents that together carry a customer’s data out',
  leak: 'a call that goes on after its access was taken',
};

export interface MissingParts {
  readonly tenantId: string;
  readonly report: CanaryReport;
  /** RFC 3339; names the alert. */
  readonly since: string;
}

export function missingAlert({ tenantId, report, since }: MissingParts): Alert {
  const missed = report.missing.join(', ');
  return {
    alert_id: alertId({ tenantId, kind: KIND, ruleId: RULE, alertKey: since }),
    ...{ revision: 1, state: 'open', count: 1 },
    incident_id: incidentId(tenantId, `${KIND}|${since}`),
    ...{ tenant_id: tenantId, kind: KIND, rule_id: RULE, rule_version: RULE_VERSION },
    // Seen, not estimated.
    ...{ severity: 'critical', confidence: 1, score: 1, evaluable: true },
    confidence_basis: 'proof',
    subject: { agent_uid: SUBJECT },
    ...{ first_event_time: since, last_event_time: since },
    ...{ first_detected_at: since, detected_at: since },
    title: `Detection is in doubt: made-up ${missed} not found`,
    summary: report.sentence,
    reasons: report.missing.map((proof) => ({
      feature: 'canary',
      text: `${WAYS[proof]} was made up and sent the real way, and no alert told of it in time.`,
      expected: 'found',
      observed: 'not found',
      threshold_source: 'static',
    })),
    evidence: [],
    not_visible: [
      'Which part does not work: ingest, detector or response. `status` and `doctor` show how far each has come.',
    ],
    taxonomy: {},
    policy_version: 'none',
    detector_version: 'canary',
    decisive_assurance: 'attested',
  };
}

export function sealedAlert(alert: Alert, key: MacKey, producedAt: string): AppendRecord {
  const headers = {
    [HEADERS.ceSpecversion]: '1.0',
    [HEADERS.ceId]: `${alert.alert_id}/${alert.revision}`,
    [HEADERS.ceSource]: 'urn:waywarden:canary',
    [HEADERS.ceType]: cloudEventType(TOPICS.alerts.name),
    [HEADERS.ceTime]: alert.detected_at,
    [HEADERS.contentType]: 'application/json',
    [HEADERS.type]: 'event',
    [HEADERS.producedAt]: producedAt,
  };
  const value = ENCODER.encode(JSON.stringify(alert));
  const bare = {
    ...{ topic: TOPICS.alerts.name, key: alertKey(alert.tenant_id, alert.alert_id) },
    ...{ value, headers },
  };
  return { ...bare, headers: { ...headers, ...macHeaders(bare, key) } };
}

export const PROOFS = ['hijack', 'assembly', 'leak'] as const;
/** Whether made-up attacks are found. Missing: a run's time is over, or one is overdue. Pure. */
type CanaryProof = (typeof PROOFS)[number];

const KINDS: Readonly<Record<string, CanaryProof>> = {
  hijack_suspected: 'hijack',
  privilege_assembly: 'assembly',
  toxic_combination: 'assembly',
  containment_leak: 'leak',
};

export const PATIENCE_MS = 10 * 60_000;

export interface CanaryState {
  readonly sinceMs: number;
  readonly everyMs: number;
  readonly aliveMs?: number;
  readonly run?: { readonly beganMs: number; readonly found: readonly CanaryProof[] };
  /** What the last run that is over lacked, and since when something has been missing. */
  readonly missing: readonly CanaryProof[];
  readonly missingSinceMs?: number;
}

export function newCanaryState(sinceMs: number, everyMs: number): CanaryState {
  return { sinceMs, everyMs, missing: [] };
}

export function beginRun(state: CanaryState, beganMs: number): CanaryState {
  return { ...state, run: { beganMs, found: [] } };
}

/** Alerts of earlier runs prove nothing. */
export function withAlert(state: CanaryState, alert: Alert): CanaryState {
  const { run } = state;
  const proof = KINDS[alert.kind];
  if (run === undefined || proof === undefined || run.found.includes(proof)) return state;
  if (Date.parse(alert.last_event_time) < run.beganMs) return state;
  return { ...state, run: { ...run, found: [...run.found, proof] } };
}

export function lackOf({ run }: CanaryState): readonly CanaryProof[] {
  return PROOFS.filter((one) => run?.found.includes(one) !== true);
}

export function endRun(state: CanaryState, nowMs: number): CanaryState {
  const missing = lackOf(state);
  const { run: _, missingSinceMs: since, ...rest } = state;
  if (missing.length === 0) return { ...rest, missing, aliveMs: nowMs };
  return { ...rest, missing, missingSinceMs: since ?? nowMs };
}

export interface CanaryReport {
  readonly state: 'waiting' | 'alive' | 'missing';
  readonly sentence: string;
  readonly alive_at: string | null;
  readonly missing: readonly CanaryProof[];
}

const iso = (ms: number) => new Date(ms).toISOString();

export function canaryReport(state: CanaryState, nowMs: number): CanaryReport {
  const { aliveMs, missing, missingSinceMs, everyMs, sinceMs } = state;
  const alive_at = aliveMs === undefined ? null : iso(aliveMs);
  const last = alive_at === null ? 'none has been found yet' : `all were last found ${alive_at}`;
  if (missingSinceMs !== undefined) {
    const sentence = `The canary is missing since ${iso(missingSinceMs)}: of the made-up attacks ${missing.join(', ')} ${missing.length === 1 ? 'was' : 'were'} not found (${last}). Real ones may be missed too.`;
    return { state: 'missing', sentence, alive_at, missing };
  }
  if (nowMs - (aliveMs ?? sinceMs) > everyMs + 2 * PATIENCE_MS) {
    const sentence = `The canary is overdue: no made-up attacks were sent in time (${last}). Real ones may be missed.`;
    return { state: 'missing', sentence, alive_at, missing: PROOFS };
  }
  return alive_at === null
    ? { state: 'waiting', sentence: 'The first canary is awaited.', alive_at, missing }
    : { state: 'alive', sentence: `Canary: ${last}.`, alive_at, missing };
}
