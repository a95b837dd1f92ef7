/** A call outside the profile that the registry declares. Undeclared elements bound nothing. */
import {
  type AuditEvent,
  type ClassRow,
  classRow,
  durationMs,
  epochMs,
  isInSlot,
  isSensitive,
  type RegistryAgent,
  sourceNameOf,
} from '@waywarden/schemas';
import { type FindingRule, finding, hadEffect } from '../../alerting/finding.ts';
import { allowsTool } from '../../domain/registry/declared-tool.ts';
import {
  type ElementVerdict,
  factsOf,
  judgeEnvelope,
  listed,
  standsBy,
} from '../../domain/registry/envelope.ts';
import { RULE_SEVERITIES } from '../../domain/severities.ts';
import { OFF_SCHEDULE, outsideProfileWords } from '../../wording/tasks.ts';

type Profile = NonNullable<RegistryAgent['profile']>;

function toolVerdict(allowed: readonly string[], tool: AuditEvent['tool']): ElementVerdict[] {
  if (tool === undefined) return [];
  if (allowsTool(allowed, tool)) return [];
  const observed = tool.server === undefined ? tool.name : `${tool.server}/${tool.name}`;
  return [
    { element: 'tools', verdict: 'outside', expected: listed(allowed), observed, inferred: false },
  ];
}

/** What a source does not measure is in time. */
function scheduleVerdict(
  schedule: readonly string[],
  event: AuditEvent,
  { window_grace: grace = '0s' }: ClassRow,
): ElementVerdict[] {
  if (event.event_time_quality !== 'measured') return [];
  if (isInSlot(schedule, epochMs(event.event_time), durationMs(grace))) return [];
  const expected = listed(schedule);
  return [
    {
      element: 'schedule',
      verdict: 'outside',
      expected,
      observed: OFF_SCHEDULE,
      inferred: false,
    },
  ];
}

function verdictsOf(profile: Profile, event: AuditEvent, row: ClassRow): readonly ElementVerdict[] {
  const { tools, schedule, ...envelope } = profile;
  const byTool = tools === undefined ? [] : toolVerdict(tools, event.tool);
  const byTime = schedule === undefined ? [] : scheduleVerdict(schedule, event, row);
  return [...byTool, ...byTime, ...judgeEnvelope(envelope, factsOf(event))];
}

export const outsideProfile: FindingRule = (_transaction, event, { registered, classes }) => {
  const profile = registered?.profile;
  if (profile === undefined || event.outcome === 'denied') return undefined;
  const row = classRow(classes, registered?.class ?? 'unknown', event.target?.environment);
  const verdicts = verdictsOf(profile, event, row);
  const exceeded = verdicts.filter((one) => one.verdict === 'outside');
  if (exceeded.length === 0) return undefined;
  const isGrave = hadEffect(event) && event.capabilities.some(({ symbol }) => isSensitive(symbol));
  return finding({
    kind: 'outside_profile',
    ruleId: 'outside-profile',
    severity: RULE_SEVERITIES['outside-profile'][isGrave ? 'sensitive' : 'plain'],
    dedupeKey: JSON.stringify(exceeded.map((one) => [one.element, one.observed])),
    ...outsideProfileWords(event, verdicts),
    quarantines: true,
    standsBy: standsBy(exceeded),
    sources: [sourceNameOf(event)],
    taxonomy: { owasp: ['ASI02'] },
  });
};
