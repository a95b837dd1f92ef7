/**
 * What one approval covers by the agent's class: one call, or all that a trigger does in its task. Limit: a new
 * review without a new approval is not seen.
 */
import {
  type AuditEvent,
  classRow,
  durationMs,
  epochMs,
  type RegistryAgent,
  SHIPPED_CLASSES,
  shortPrint,
} from '@waywarden/schemas';
import type { FindingContext } from '../../alerting/finding.ts';
import { DAY_MS } from '../../domain/day.ts';
import { PRINT_48 } from '../../domain/record-table.ts';
import { approvalDue, isAgentsApproval } from './approval-due.ts';

/** As long as an approval of the registry may stand. */
const CHANGE_LIFE_MS = 180 * DAY_MS;
const SESSION = SHIPPED_CLASSES.human_triggered.credential_life ?? '8h';

export interface Scope {
  readonly whole: string;
  readonly run: string;
  readonly lifeMs: number;
  readonly of: 'trigger' | 'change';
}

export interface Served {
  readonly whole: string;
  readonly first: string;
  readonly last: string;
  readonly lastAt: string;
}

interface Stored {
  readonly at: string;
  readonly served?: Served;
}

const runOf = ({ task, chain_id: chain }: AuditEvent) => shortPrint(task?.id ?? chain, PRINT_48);
const wholeOf = (...parts: readonly (string | undefined)[]) =>
  shortPrint(JSON.stringify(parts.map((one) => one ?? '')), PRINT_48);

/** Evidence against, never for. */
function isOfItsClass({ agent }: AuditEvent, registered: RegistryAgent): boolean {
  const { class: reported = 'unknown' } = agent;
  return reported === 'unknown' || reported === registered.class;
}

function ofTrigger(event: AuditEvent, life: string | undefined): Scope | undefined {
  const { principal, approval } = event;
  if (principal?.type === 'service') return undefined;
  const run = runOf(event);
  return {
    whole: wholeOf('trigger', run, principal?.uid ?? approval?.by),
    run,
    lifeMs: durationMs(life ?? SESSION),
    of: 'trigger',
  };
}

function ofChange({ task, principal, ...event }: AuditEvent): Scope {
  return {
    whole: wholeOf('at_change', task?.workflow, principal?.uid),
    run: runOf({ ...event, task }),
    lifeMs: CHANGE_LIFE_MS,
    of: 'change',
  };
}

/** Undefined: this call only. */
export function scopeOf(
  event: AuditEvent,
  { registry, registered, classes }: Pick<FindingContext, 'registry' | 'registered' | 'classes'>,
): Scope | undefined {
  if (registered === undefined || event.approval?.uid === undefined) return undefined;
  if (event.approval.args_hash !== undefined || isAgentsApproval(event, registry)) return undefined;
  const row = classRow(classes, registered.class, event.target?.environment);
  if (approvalDue(row, event) !== 'none' || !isOfItsClass(event, registered)) return undefined;
  if (row.approval === 'trigger') return ofTrigger(event, row.credential_life);
  return row.approval === 'at_change' ? ofChange(event) : undefined;
}

export function firstServed({ whole, run }: Scope, { event_time: at }: AuditEvent): Served {
  return { whole, first: run, last: run, lastAt: at };
}

export const servedAgain = (served: Served, { run }: Scope, { event_time: at }: AuditEvent) => ({
  ...served,
  last: run,
  lastAt: epochMs(at) > epochMs(served.lastAt) ? at : served.lastAt,
});

function isFollowed(before: Served, others: readonly Stored[]): boolean {
  return others.some(
    ({ at, served }) =>
      served?.whole === before.whole &&
      served.first !== before.last &&
      epochMs(at) > epochMs(before.lastAt),
  );
}

export function isCovered(
  before: Stored,
  others: readonly Stored[],
  scope: Scope | undefined,
  event: AuditEvent,
): boolean {
  const { served } = before;
  if (scope === undefined || served?.whole !== scope.whole) return false;
  if (Math.abs(epochMs(event.event_time) - epochMs(before.at)) > scope.lifeMs) return false;
  return served.last === scope.run || !isFollowed(served, others);
}
