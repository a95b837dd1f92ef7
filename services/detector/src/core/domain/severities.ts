/** How grave findings are. Combinations: policy; hijacks: `judge-hijack.ts`, `instruction-match.ts`. */
import {
  type AuditEvent,
  isCritical,
  isPrivileged,
  isSensitive,
  type Severity,
} from '@waywarden/schemas';
import { callEnding } from './call-ending.ts';

/** What failed is one step less grave. */
const LESS: Readonly<Record<Severity, Severity>> = {
  info: 'info',
  low: 'low',
  medium: 'low',
  high: 'medium',
  critical: 'high',
};

const STATISTICAL: ReadonlySet<string> = new Set(['behavior_deviation', 'reach_growth']);
export const isStatistical = (kind: string): boolean => STATISTICAL.has(kind);

/** What timed out may have been done. */
export function asEnded(event: AuditEvent, severity: Severity): Severity {
  return callEnding(event) === 'failed' ? LESS[severity] : severity;
}

/** Statistics alone never reach `high`. */
export function severityOf(alarm: {
  readonly severity: Severity;
  readonly kind: string;
}): Severity {
  const { severity, kind } = alarm;
  const isTooGrave = isStatistical(kind) && (severity === 'high' || severity === 'critical');
  return isTooGrave ? 'medium' : severity;
}

type BySituation = Readonly<Record<string, Severity>>;

export const RULE_SEVERITIES = {
  'acting-hours': { plain: 'medium' },
  'agent-not-in-service': { gone: 'high', effect: 'medium', plain: 'low' },
  'approval-bypass': {
    ...{ critical: 'high', bypassed: 'high', plain: 'medium', byPolicy: 'medium' },
    ...{ inAgentsName: 'medium', byNobody: 'low', asserted: 'low' },
  },
  'approval-other-arguments': { plain: 'high' },
  'approval-refused': { sensitive: 'high', plain: 'medium' },
  'approval-reuse': { sensitive: 'high', plain: 'medium' },
  'approval-reuse, likely': { sensitive: 'medium', plain: 'low' },
  'approval-shared': { sensitive: 'high', plain: 'medium' },
  'autonomy-ladder': { beyondClass: 'medium', plain: 'low' },
  'class-drift': {
    ...{ sensitive: 'high', plain: 'medium', inAgentsName: 'medium', byNobody: 'low' },
    ...{ asserted: 'low' },
  },
  'confused-deputy': { sensitive: 'high', plain: 'medium', inferred: 'low' },
  'credential-breadth': { plain: 'low' },
  'credential-expired': { plain: 'high' },
  'credential-of-no-task': { plain: 'low' },
  'credential-over-age': { plain: 'medium' },
  'credential-passed-on': { plain: 'low' },
  'credential-shared': { proven: 'high', plain: 'medium' },
  'decoy-touched': { plain: 'critical' },
  first_tool: { plain: 'medium', unknownTool: 'low' },
  first_effect: { plain: 'medium' },
  first_target: { plain: 'low' },
  first_environment: { effect: 'medium', plain: 'low' },
  first_sensitivity: { plain: 'medium' },
  first_counterparty: { lasting: 'medium', plain: 'low' },
  'outside-profile': { sensitive: 'high', plain: 'medium' },
  'outside-task-envelope': { grave: 'high', plain: 'medium', inferred: 'low', unproven: 'low' },
  'over-privilege': { plain: 'low' },
  'reach-growth': { plain: 'medium' },
  'review-lapsed': { weighty: 'medium', plain: 'low' },
  'rubber-stamp': { plain: 'medium' },
  'rubber-stamp-many': { plain: 'medium' },
  'secret-found-used': { grave: 'high', plain: 'medium' },
  'silent-while-used': { plain: 'high' },
  'source-silent': { plain: 'high' },
  'stolen-credential': { sure: 'high', plain: 'medium' },
  'task-overrun': { done: 'high', plain: 'medium', unproven: 'low' },
  'unattended-calls': { effect: 'medium', plain: 'low' },
  'undeclared-change': { plain: 'medium' },
  'unregistered-agent': { grave: 'high', effect: 'medium', plain: 'low' },
  'unused-grants': { privileged: 'medium', plain: 'low' },
  'volume of calls': { plain: 'medium' },
  'volume of failed_calls': { plain: 'low' },
  'volume of denied_calls': { plain: 'medium' },
  'volume of records': { plain: 'medium' },
  'volume of bytes': { plain: 'low' },
  'volume of tokens': { plain: 'medium' },
} as const satisfies Readonly<Record<string, BySituation>>;

/** The one capability that an alert names: the gravest, ties by name, whatever the source's order. */
function rankOf(symbol: string): number {
  if (isCritical(symbol)) return 3;
  if (isSensitive(symbol)) return 2;
  return isPrivileged(symbol) ? 1 : 0;
}

export function gravestOf(
  capabilities: readonly { readonly symbol: string }[],
): string | undefined {
  let gravest: string | undefined;
  for (const { symbol } of capabilities) {
    const by = gravest === undefined ? 1 : rankOf(symbol) - rankOf(gravest);
    if (by > 0 || (by === 0 && gravest !== undefined && symbol < gravest)) gravest = symbol;
  }
  return gravest;
}
