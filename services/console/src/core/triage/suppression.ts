/**
 * Suppressions: alerts of a narrow scope that are kept out of the queue for a time. An alert is suppressed when its
 * latest revision was raised while a suppression that fits it was in force: what is raised later shows again, and what
 * has grown graver. Responses go on. Never suppressed: what is critical, or says that we are blind or a containment leaks.
 */
import { epochMs, SEVERITIES, type SuppressionScope, type TriageAct } from '@waywarden/schemas';
import type { AlertRow, AlertWork } from './alert-row.ts';

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
