/**
 * What one approval covers by the class that the registry gives its agent. Where a person lets each call through, one
 * call. A person who triggers a script has approved what that trigger does: the same task (without one, the chain) for
 * the same person, as long as a session may last.
 * Limit: that a change was reviewed anew without another approval is not seen.
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
import { approvalDue, isAgentsApproval } from './approval-due.ts';

const PRINT = 8;
/** As long as an approval of the registry may stand. */
const CHANGE_LIFE_MS = 180 * 86_400_000;
const SESSION = SHIPPED_CLASSES.human_triggered.credential_life ?? '8h';

/** Of a call: what its approval covers as a whole, in which run it came, and for how long it may serve. */
export interface Scope {
  readonly whole: string;
  readonly run: string;
  readonly lifeMs: number;
  /** In words: what an approval is for, and what that covers. */
  readonly each: string;
  readonly covers: string;
}

/** Of an approval that covers more than one call: for what it served, its first run and its last. */
export interface Served {
  readonly whole: string;
  readonly first: string;
  readonly last: string;
  readonly lastAt: string;
}

/** An approval as it is kept, with when it first served. */
interface Stored {
  readonly at: string;
  readonly served?: Served;
}

const runOf = ({ task, chain_id: chain }: AuditEvent) => shortPrint(task?.id ?? chain, PRINT);
const wholeOf = (...parts: readonly (string | undefined)[]) =>
  shortPrint(JSON.stringify(parts.map((one) => one ?? '')), PRINT);

/** Whether the call tells nothing of another class, which is evidence against and never for it. */
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
    each: 'each trigger',
    covers: 'one task of one person within a session',
  };
}

function ofChange({ task, principal, ...event }: AuditEvent): Scope {
  return {
    whole: wholeOf('at_change', task?.workflow, principal?.uid),
    run: runOf({ ...event, task }),
    lifeMs: CHANGE_LIFE_MS,
    each: 'each change',
    covers: 'one job until its next change is approved',
  };
}

/** What the approval of this call covers; undefined where it covers this call and no other. */
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

/** Whether another came after it for the same whole, in a run that was not its own. */
function isFollowed(before: Served, others: readonly Stored[]): boolean {
  return others.some(
    ({ at, served }) =>
      served?.whole === before.whole &&
      served.first !== before.last &&
      epochMs(at) > epochMs(before.lastAt),
  );
}

/** Whether what one approval served for before covers this call too. */
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
