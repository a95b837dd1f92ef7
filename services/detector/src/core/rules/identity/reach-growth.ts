/**
 * An agent reaches further than in its first two weeks: three times as many kinds of target, and eight more. Tools
 * of its declared profile do not count.
 */
import { type AuditEvent, epochMs, shortPrint } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { type FindingRule, finding, hadEffect, nameOf } from '../../alerting/finding.ts';
import { WARMED_UP_MS } from '../../domain/day.ts';
import { isToolDeclared } from '../../domain/registry/declared-tool.ts';
import { RULE_SEVERITIES } from '../../domain/severities.ts';
import { knownOf, storeKnown } from '../../state/agent/agent-key.ts';
import {
  type DistinctPrints,
  distinctOf,
  NO_DISTINCT,
  withPrint,
} from '../../state/agent/distinct-prints.ts';
import { reachGrowthWords } from '../../wording/identity.ts';

const KIND_LENGTH_MAX = 96;
const NAMED_MAX = 8;
const LEARNT_CALLS = 50;
const TIMES_MORE = 3;
const MORE_MIN = 8;

interface Reach {
  readonly sinceMs: number;
  readonly calls: number;
  readonly kinds: DistinctPrints;
  readonly fresh?: readonly string[] | undefined;
  readonly base?: number | undefined;
  /** Once a growth was told. */
  readonly first?: number | undefined;
  readonly effects: number;
  readonly undecided: number;
}

function kindOf({ target, activity }: AuditEvent): string | undefined {
  if (target === undefined) return undefined;
  const { system = '', resource_type: type = '', environment = '', sensitivity = '' } = target;
  const isAgent = type === 'agent' && (activity === 'delegation' || activity === 'agent_invoke');
  const text = isAgent
    ? `agent ${target.resource_id ?? ''}`
    : [system, type, environment, sensitivity].filter((one) => one !== '').join('/');
  return text === '' ? undefined : text.slice(0, KIND_LENGTH_MAX);
}

function withCall(before: Reach, event: AuditEvent, kind: string | undefined): Reach {
  const mode = event.approval?.mode;
  const isEffect = hadEffect(event);
  const isDecided = mode === 'human' || mode === 'policy';
  const kinds = kind === undefined ? before.kinds : withPrint(before.kinds, shortPrint(kind));
  const isNamed = kind !== undefined && before.base !== undefined && kinds !== before.kinds;
  return {
    ...before,
    calls: before.calls + 1,
    kinds,
    ...(isNamed ? { fresh: [...(before.fresh ?? []), kind].slice(-NAMED_MAX) } : {}),
    effects: before.effects + (isEffect ? 1 : 0),
    undecided: before.undecided + (isEffect && !isDecided ? 1 : 0),
  };
}

function describe(event: AuditEvent, reach: Reach, base: number) {
  const { sinceMs, first = base, fresh = [], effects, undecided } = reach;
  const counts = { reached: distinctOf(reach.kinds), base, first, sinceMs, effects, undecided };
  return finding({
    threshold: 'learned',
    kind: 'reach_growth',
    ruleId: 'reach-growth',
    severity: RULE_SEVERITIES['reach-growth'].plain,
    dedupeKey: `reach|${base}`,
    ...reachGrowthWords({ who: nameOf(event), fresh, ...counts }),
    causeKey: `review|${event.agent.uid}`,
    taxonomy: { owasp: ['ASI02', 'ASI03'], nist: ['GOVERN-1.5'] },
  });
}

export const reachGrowth: FindingRule = (transaction: Transaction, event, { registered }) => {
  if (event.outcome === 'denied' || event.event_time_quality === 'synthetic') return undefined;
  const ms = epochMs(event.event_time);
  const none = { sinceMs: ms, calls: 0, kinds: NO_DISTINCT, effects: 0, undecided: 0 };
  const stored = knownOf<Reach>(transaction, event, 'reached');
  const before = stored ?? none;
  const kind = isToolDeclared(registered, event.tool) ? undefined : kindOf(event);
  const now = withCall(before, event, kind);
  const isLearnt = now.calls >= LEARNT_CALLS && ms - now.sinceMs >= WARMED_UP_MS;
  const { base } = now;
  if (base === undefined) {
    storeKnown(
      transaction,
      event,
      'reached',
      isLearnt ? { ...now, base: distinctOf(before.kinds) } : now,
    );
    return undefined;
  }
  const reached = distinctOf(now.kinds);
  const isGrown = reached >= Math.max(base * TIMES_MORE, base + MORE_MIN);
  storeKnown(
    transaction,
    event,
    'reached',
    isGrown ? { ...now, base: reached, first: now.first ?? base, fresh: [] } : now,
  );
  return isGrown ? describe(event, now, base) : undefined;
};
