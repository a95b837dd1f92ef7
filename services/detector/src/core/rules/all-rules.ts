/**
 * The rules over what is declared, in order. To add one: list it here (and below, where it holds without a registry or
 * looks at model calls or approvals), its severity in `domain/severities.ts`, its sentence in `wording/`, a new kind in `KNOWN_ALERT_KINDS`.
 */
import type { AuditEvent, Registry } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import type { Finding, FindingContext, FindingRule } from '../alerting/finding.ts';
import { isAct } from '../domain/acts.ts';
import { isOn } from '../domain/switched-off.ts';
import { approvalBypass } from './approvals/approval-bypass.ts';
import { approvalQuality } from './approvals/approval-quality.ts';
import { approvalReuse } from './approvals/approval-reuse.ts';
import { classDrift } from './approvals/class-drift.ts';
import { credentialAge } from './credentials/credential-age.ts';
import { credentialBound } from './credentials/credential-bound.ts';
import { credentialBreadth } from './credentials/credential-breadth.ts';
import { stolenCredential } from './credentials/stolen-credential.ts';
import { autonomyLadder } from './identity/autonomy-ladder.ts';
import { confusedDeputy } from './identity/confused-deputy.ts';
import { decoyTouched, touchesDecoy } from './identity/decoy-touched.ts';
import { outsideProfile } from './identity/outside-profile.ts';
import { overPrivilege } from './identity/over-privilege.ts';
import { reachGrowth } from './identity/reach-growth.ts';
import { reviewLapsed } from './identity/review-lapsed.ts';
import { unattendedCalls } from './identity/unattended-calls.ts';
import { notInService } from './identity/unregistered-agent.ts';
import { unusedGrants } from './identity/unused-grants.ts';
import { reportedOnce, taskEnvelope } from './tasks/task-envelope.ts';
import { taskOverrun } from './tasks/task-overrun.ts';
import { telemetryGap } from './tasks/telemetry-gap.ts';

export const RULES = {
  'not-in-service': notInService,
  'review-lapsed': reviewLapsed,
  'task-envelope': taskEnvelope,
  'class-drift': classDrift,
  'confused-deputy': confusedDeputy,
  'outside-profile': outsideProfile,
  'decoy-touched': decoyTouched,
  'over-privilege': overPrivilege,
  'approval-bypass': approvalBypass,
  'approval-quality': approvalQuality,
  'approval-reuse': approvalReuse,
  'credential-age': credentialAge,
  'credential-bound': credentialBound,
  'credential-breadth': credentialBreadth,
  'stolen-credential': stolenCredential,
  'task-overrun': taskOverrun,
  'unused-grants': unusedGrants,
  'autonomy-ladder': autonomyLadder,
  'unattended-calls': unattendedCalls,
  'reach-growth': reachGrowth,
  'telemetry-gap': telemetryGap,
} as const satisfies Readonly<Record<string, FindingRule>>;

const ALL_RULES: readonly FindingRule[] = Object.values(RULES);

/**
 * Where no agent is declared: what is said of decoys and workflows holds for anybody, and what rests on the call's own
 * words and the agent's own past needs nobody's declaration. A stolen key, a task that is over and a refusal are what
 * they are before the first registry is published. What the class table asks is asked of nobody then.
 */
const RULES_OF_ANYBODY: ReadonlySet<FindingRule> = new Set<FindingRule>([
  ...[taskEnvelope, decoyTouched, approvalBypass, approvalReuse],
  ...[credentialAge, stolenCredential, taskOverrun, telemetryGap],
]);

export const NOTHING_DECLARED: Registry = {
  ...{ version: 1, agents: [], principals: [], tools: [], workflows: [], scope_map: {} },
  ...{ decoys: [], receivers: [] },
};

interface Asked {
  readonly ofRegistered: readonly FindingRule[];
  readonly ofAnybody: readonly FindingRule[];
}

const NAMES = new Map<FindingRule, string>(
  Object.entries(RULES).map(([name, rule]) => [rule, name]),
);

const asked = (rules: readonly FindingRule[]): Asked => ({
  ofRegistered: rules,
  ofAnybody: rules.filter((rule) => RULES_OF_ANYBODY.has(rule)),
});

const OF_ACTS = asked(ALL_RULES);

/** Decoys are touched by requests too. */
const OF_NO_ACT = asked([decoyTouched]);

const OF_APPROVALS = asked([approvalQuality, decoyTouched]);

/** No acts, but somebody's, in a task, with a credential. */
const OF_MODEL_CALLS = asked([
  ...[notInService, reviewLapsed, decoyTouched, credentialAge, stolenCredential, taskOverrun],
]);

function rulesOf(event: AuditEvent): Asked {
  if (isAct(event)) return OF_ACTS;
  if (event.phase === 'requested') return OF_NO_ACT;
  if (event.activity === 'approval') return OF_APPROVALS;
  return event.activity === 'model_call' ? OF_MODEL_CALLS : OF_NO_ACT;
}

export function isGovernedOnly(event: AuditEvent, registry: Registry): boolean {
  if (event.phase === 'completed' && event.activity === 'approval') return true;
  return touchesDecoy(registry, event);
}

export function findingsOf(
  transaction: Transaction,
  event: AuditEvent,
  context: FindingContext,
): readonly Finding[] {
  const rules = rulesOf(event);
  const namesAgents = context.registry.agents.length > 0;
  const all = namesAgents ? rules.ofRegistered : rules.ofAnybody;
  const found: Finding[] = [];
  for (const rule of all) {
    if (!isOn(NAMES.get(rule) ?? '')) continue;
    const one = rule(transaction, event, context);
    if (one !== undefined) found.push(one);
  }
  return reportedOnce(event, found);
}
