/**
 * Suppressions: alerts of a narrow scope that are kept out of the queue for a time. An alert is suppressed when its
 * latest revision was raised while a suppression that fits it was in force: what is raised later shows again, and what
 * has grown graver. Responses go on. Never suppressed: what is critical, or says that we are blind or a containment leaks.
 */
import {
  type Alert,
  epochMs,
  SEVERITIES,
  type SuppressionScope,
  type TriageAct,
} from '@waywarden/schemas';
import { kindWords } from '../words.ts';

export const SUPPRESSIONS_MAX = 500;
export const SUPPRESSION_DAYS_MAX = 90;
const RISES_MAX = 16;
const CRITICAL = SEVERITIES.indexOf('critical');
const NEVER: ReadonlySet<string> = new Set([
  'containment_leak',
  'telemetry_gap',
  'canary_missing',
  'decoy_touched',
]);

export interface Suppression {
  readonly id: string;
  readonly scope: SuppressionScope;
  readonly by: string;
  readonly reason: string;
  readonly from: string;
  readonly expires: string;
  /** Ended by hand, before it expired; null: it was not. */
  readonly endedAt: string | null;
  readonly endedBy: string | null;
}

export function suppressionOf(act: TriageAct): Suppression | undefined {
  const { suppression_id: id, scope, expires, by, reason, at } = act;
  if (act.act !== 'suppress' || id === undefined || scope === undefined || expires === undefined) {
    return undefined;
  }
  return { id, scope, by, reason, from: at, expires, endedAt: null, endedBy: null };
}

/** Why alerts of this scope can't be suppressed; undefined: they can. */
export function scopeProblem(scope: SuppressionScope): string | undefined {
  if (scope.kind !== undefined && NEVER.has(scope.kind)) {
    return `Alerts of kind ${scope.kind} can't be suppressed: they say that something is not seen or not stopped.`;
  }
  const what = scope.kind ?? scope.rule_id;
  const where = scope.agent_uid ?? scope.workflow ?? scope.tool;
  if (what === undefined || where === undefined) {
    return 'Name what (kind or rule) and where (agent, workflow or tool): a wider suppression would hide what nobody looked at.';
  }
  return undefined;
}

export function fitsScope(
  { facts, agents, severityRank }: Pick<AlertRow, 'facts' | 'agents' | 'severityRank'>,
  work: AlertWork | undefined,
  scope: SuppressionScope,
): boolean {
  if (NEVER.has(facts.kind) || severityRank === CRITICAL) return false;
  if (scope.kind !== undefined && scope.kind !== facts.kind) return false;
  if (scope.rule_id !== undefined && scope.rule_id !== facts.rule_id) return false;
  if (scope.agent_uid !== undefined && !agents.includes(scope.agent_uid)) return false;
  if (scope.workflow !== undefined && scope.workflow !== work?.workflow) return false;
  return scope.tool === undefined || (work?.tools.includes(scope.tool) ?? false);
}

export interface Rise {
  readonly sinceMs: number;
  readonly rank: number;
}

/** Of revisions that are gone. */
const UNKNOWN_RANK = -1;

export function risesAfter(
  given: readonly Rise[],
  { facts, severityRank, times }: Pick<AlertRow, 'facts' | 'severityRank' | 'times'>,
) {
  const isCut = given.length === 0 && facts.revision > 1;
  const before = isCut ? [{ sinceMs: times.firstDetected, rank: UNKNOWN_RANK }] : given;
  if (before.at(-1)?.rank === severityRank) return before;
  const next = { sinceMs: times.detected, rank: severityRank };
  return before.length < RISES_MAX ? [...before, next] : [...before.slice(0, -1), next];
}

/** Graver than when it was suppressed. */
function hasRisen(rises: readonly Rise[], fromMs: number): boolean {
  const [first] = rises;
  const then = rises.findLast(({ sinceMs }) => sinceMs <= fromMs) ?? first;
  const now = rises.at(-1);
  return then !== undefined && now !== undefined && now.rank > then.rank;
}

export function suppressedBy(
  row: Pick<AlertRow, 'facts' | 'agents' | 'severityRank' | 'times'>,
  { work, rises }: { readonly work: AlertWork | undefined; readonly rises: readonly Rise[] },
  suppressions: Iterable<Suppression>,
): Suppression | undefined {
  const { detected } = row.times;
  for (const one of suppressions) {
    const end = Math.min(
      epochMs(one.expires),
      one.endedAt === null ? Infinity : epochMs(one.endedAt),
    );
    if (detected < epochMs(one.from) || detected >= end) continue;
    if (fitsScope(row, work, one.scope) && !hasRisen(rises, epochMs(one.from))) return one;
  }
  return undefined;
}

/**
 * An alert as a row that is filtered, sorted and searched: the few fields of its latest revision that a list needs,
 * and where the whole record stands in the log. Texts are folded once, when the row is made.
 */

/** Calls of the evidence by which tool and workflow are looked up. */
const EVIDENCE_MAX = 8;
const AGENTS_MAX = 64;
const SHAPE_LENGTH_MAX = 200;

/** What its calls say of it, once they were looked up. */
export interface AlertWork {
  readonly workflow: string;
  readonly tools: readonly string[];
}

interface RowTimes {
  readonly firstEvent: number;
  readonly lastEvent: number;
  readonly firstDetected: number;
  readonly detected: number;
}

/** Where the revision stands in the log. */
export interface LogPlace {
  readonly partition: number;
  readonly offset: number;
}

export interface AlertRow {
  readonly id: string;
  /** Fields of the record that are shown as they are. */
  readonly facts: Pick<
    Alert,
    | 'incident_id'
    | 'revision'
    | 'state'
    | 'kind'
    | 'rule_id'
    | 'severity'
    | 'count'
    | 'title'
    | 'evaluable'
    | 'last_event_time'
    | 'first_detected_at'
  >;
  readonly severityRank: number;
  readonly isHygiene: boolean;
  readonly agents: readonly string[];
  readonly chainId: string;
  readonly times: RowTimes;
  /** Folded: what full-text search looks at. */
  readonly text: string;
  /** Equal for alerts that differ in names and numbers alone. */
  readonly campaign: string;
  readonly evidenceIds: readonly string[];
  readonly place: LogPlace;
}

export const fold = (text: string): string => text.normalize('NFKC').toLowerCase();

/** The part of a uid by which people know an agent. */
const shortName = (uid: string) => uid.slice(uid.lastIndexOf('/') + 1);

const VARIABLE = /[\p{L}\p{N}]*\p{N}[\p{L}\p{N}]*/gu;

/** One row for 180 equal hijacks: the title without the names of agents, ids and numbers. */
function campaignOf({ kind, rule_id: rule, title }: Alert, agents: readonly string[]) {
  let shape = title;
  for (const agent of agents) {
    const name = shortName(agent);
    if (name !== '') shape = shape.replaceAll(agent, '*').replaceAll(name, '*');
  }
  return `${kind}|${rule}|${shape.replace(VARIABLE, '*').slice(0, SHAPE_LENGTH_MAX)}`;
}

function agentsOf({ subject, assembly, evidence }: Alert): readonly string[] {
  const named = assembly?.contributors.map((one) => one.agent_uid) ?? [];
  const cited = evidence.map((one) => one.agent_uid);
  return [...new Set([subject.agent_uid, ...named, ...cited])].slice(0, AGENTS_MAX);
}

export function alertRow(alert: Alert, place: LogPlace): AlertRow {
  const { incident_id, revision, state, kind, rule_id, severity, count, title } = alert;
  const { evaluable, last_event_time, first_detected_at, subject } = alert;
  const agents = agentsOf(alert);
  const words = [title, alert.summary, kindWords(kind), kind, rule_id, ...agents];
  return {
    id: alert.alert_id,
    facts: {
      ...{ incident_id, revision, state, kind, rule_id, severity, count, title, evaluable },
      ...{ last_event_time, first_detected_at },
    },
    severityRank: SEVERITIES.indexOf(severity),
    isHygiene: alert.hygiene === true,
    agents,
    chainId: subject.chain_id ?? '',
    times: {
      firstEvent: epochMs(alert.first_event_time),
      lastEvent: epochMs(last_event_time),
      firstDetected: epochMs(first_detected_at),
      detected: epochMs(alert.detected_at),
    },
    text: fold([...words, alert.alert_id, subject.chain_id ?? ''].join('\n')),
    campaign: campaignOf(alert, agents),
    evidenceIds: alert.evidence.slice(0, EVIDENCE_MAX).map((one) => one.event_id),
    place,
  };
}
