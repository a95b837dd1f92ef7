/**
 * What many agents alarm on at once is one thing that happened to them, not as many: a dependency that is
 * down makes all who call it try again, a tool that was rolled out is new to each. From the third agent on,
 * alerts of one rule about one system within an hour are one incident with the first, and take one place
 * of the budget together; else the outage of one system would buy silence for what another agent does.
 *
 * Each agent keeps its alert, because one of them may have another reason. Rejected: one alert for all, whose
 * subject would be a system: what is done about an alert is done to an agent, and the first of them are told
 * before anything shows that there are many. Limit: a partition sees its own agents only.
 */
import {
  type Alert,
  type AuditEvent,
  assuranceAtLeast,
  epochMs,
  shortPrint,
} from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { counted } from '../short-text.ts';

/** Latest alerts of a tenant that are held beside each other. */
const BESIDE_MAX = 64;
/** Agents before this one that make it many. */
const OTHERS_MIN = 2;
const WITHIN_MS = 3_600_000;

/** Of an alert: rule and system, agent, when, and its incident. */
type Beside = readonly [cause: string, agent: string, ms: number, incidentId: string];

export interface CommonCause {
  /** Whose place in the budget its alerts take. */
  readonly key: string;
  readonly incidentId: string;
  /** Agents before this one. */
  readonly others: number;
}

/** What agents may have in common that alarm by one rule; names that cost nothing have nothing in common with others. */
function causeOf({ tool, target, agent }: AuditEvent, ruleId: string): string {
  const isProven = assuranceAtLeast(agent.assurance, 'authenticated');
  const system = tool?.server ?? target?.system ?? tool?.name ?? '';
  return shortPrint(`${ruleId}|${isProven ? 'proven' : 'asserted'}|${system}`);
}

/** Notes a new alert; what it has in common with those of other agents, where they are many. */
export function commonCause(
  draft: Draft,
  event: AuditEvent,
  alert: Pick<Alert, 'rule_id' | 'incident_id' | 'detected_at'>,
): CommonCause | undefined {
  const key = `beside|${event.tenant_id}`;
  const ms = epochMs(alert.detected_at);
  const cause = causeOf(event, alert.rule_id);
  const agent = shortPrint(event.agent.uid);
  const all = draft.get<readonly Beside[]>(key) ?? [];
  const same = all.filter(([of, , at]) => of === cause && Math.abs(ms - at) <= WITHIN_MS);
  const others = new Set(same.map(([, who]) => who).filter((who) => who !== agent)).size;
  const incidentId = others < OTHERS_MIN ? alert.incident_id : (same[0]?.[3] ?? alert.incident_id);
  draft.put(key, [...all, [cause, agent, ms, incidentId] as const].slice(-BESIDE_MAX));
  return others < OTHERS_MIN ? undefined : { key: `cause|${incidentId}`, incidentId, others };
}

export function commonWords({ others }: CommonCause): string {
  return `${counted(others, 'other agent')} alarmed alike within an hour, so the cause may be what they have in common.`;
}
