/**
 * The autonomy ladder of an agent, dated: first grant to change, change, change without approval, unasked, fetching
 * credentials, delegation. The steps say which class it acts like. A step before the first event is dated by that
 * event.
 */
import {
  type ActorClass,
  type AuditEvent,
  type ClassRow,
  classRow,
  epochMs,
  type RegistryAgent,
} from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { type FindingRule, finding, hadEffect, nameOf } from '../../alerting/finding.ts';
import { DAY_MS, WARMED_UP_MS } from '../../domain/day.ts';
import { isToolDeclared } from '../../domain/registry/declared-tool.ts';
import { RULE_SEVERITIES } from '../../domain/severities.ts';
import { knownOf, storeKnown } from '../../state/agent/agent-key.ts';
import { autonomyLadderWords, type LadderStep as Step } from '../../wording/identity.ts';
import { isUnsent } from '../approvals/class-drift.ts';

const STEPS = [
  'write_grant',
  'write',
  'unapproved_write',
  'unattended_write',
  'fetched_credential',
  'delegation',
] as const satisfies readonly Step[];
const STEPS_OF: Readonly<Partial<Record<ActorClass, readonly Step[]>>> = {
  scheduled_job: ['write_grant', 'write', 'unapproved_write', 'unattended_write'],
  human_triggered: ['write_grant', 'write', 'unapproved_write'],
  assistive: ['write_grant', 'write', 'delegation'],
  semi_autonomous: ['write_grant', 'write', 'unapproved_write', 'unattended_write', 'delegation'],
  autonomous: STEPS,
};

const READS = /^(read|ingest|browse):/;
const FETCHES = /^read:secret(@|$)/;
const HANDS_OVER: ReadonlySet<string> = new Set(['delegation', 'agent_invoke']);

interface Ladder {
  readonly sinceMs: number;
  /** In order, with the day. */
  readonly taken: readonly (readonly [step: Step, day: number])[];
}

function mayWrite(registered: RegistryAgent | undefined): boolean {
  return registered?.grants?.some((one) => !READS.test(one)) === true;
}

function stepsOf(event: AuditEvent, registered: RegistryAgent | undefined): readonly Step[] {
  const { approval, principal, conversation_turn: turn, capabilities } = event;
  const steps: Step[] = mayWrite(registered) ? ['write_grant'] : [];
  if (event.outcome === 'denied') return steps;
  const isApproved = approval?.mode === 'human';
  const isAsked = principal?.type === 'human' && turn !== undefined;
  if (HANDS_OVER.has(event.activity)) steps.push('delegation');
  else if (hadEffect(event) && !isUnsent(event)) {
    steps.push('write');
    if (!isApproved) steps.push('unapproved_write');
    // Where no persons are reported nothing follows.
    const isReported = principal !== undefined || approval !== undefined;
    if (isReported && !isApproved && !isAsked) steps.push('unattended_write');
  }
  const isWork = isToolDeclared(registered, event.tool);
  if (!isWork && capabilities.some(({ symbol }) => FETCHES.test(symbol))) {
    steps.push('fetched_credential');
  }
  return steps;
}

function observedClass(taken: readonly Step[]): ActorClass {
  const has = (step: Step) => taken.includes(step);
  if (has('fetched_credential')) return 'autonomous';
  if (has('unattended_write')) return has('delegation') ? 'autonomous' : 'semi_autonomous';
  return has('unapproved_write') ? 'semi_autonomous' : 'assistive';
}

/** A step that its class has changes nothing. */
function actsLikeSince(
  taken: readonly (readonly [step: Step, day: number])[],
  own: readonly Step[] = STEPS,
): number {
  const steps = taken.map(([step]) => step);
  const like = observedClass(steps);
  const byClass = taken.findIndex((_, n) => observedClass(steps.slice(0, n + 1)) === like);
  const beyond = steps.findIndex((step) => !own.includes(step));
  return taken[Math.max(byClass, beyond)]?.[1] ?? 0;
}

function isUntriggered(
  event: AuditEvent,
  { approval }: ClassRow,
  beyond: readonly Step[],
): boolean {
  const { principal } = event;
  const isMachine = principal !== undefined && principal.type !== 'human';
  return approval === 'trigger' && isMachine && beyond.includes('unattended_write');
}

interface Climbed {
  readonly ladder: Ladder;
  readonly fresh: readonly Step[];
}

function climb(
  transaction: Transaction,
  event: AuditEvent,
  registered: RegistryAgent | undefined,
): Climbed {
  const known = knownOf<Ladder>(transaction, event, 'ladder');
  const ms = epochMs(event.event_time);
  const before: Ladder = known ?? { sinceMs: ms, taken: [] };
  const fresh = stepsOf(event, registered).filter(
    (step) => !before.taken.some(([one]) => one === step),
  );
  if (known !== undefined && fresh.length === 0) return { ladder: before, fresh };
  const day = Math.floor(ms / DAY_MS);
  const ladder: Ladder = {
    sinceMs: before.sinceMs,
    taken: [...before.taken, ...fresh.map((step) => [step, day] as const)],
  };
  storeKnown(transaction, event, 'ladder', ladder);
  return { ladder, fresh };
}

function describe(
  event: AuditEvent,
  registered: RegistryAgent,
  row: ClassRow,
  { ladder, fresh }: Climbed,
) {
  const { taken, sinceMs } = ladder;
  const own = registered.class;
  const beyond = fresh.filter((step) => STEPS_OF[own]?.includes(step) === false);
  const step = (beyond[0] ?? fresh.at(-1)) as Step;
  const review = registered.risk_review;
  const words = autonomyLadderWords({
    ...{ who: nameOf(event), own, like: observedClass(taken.map(([one]) => one)) },
    ...{ likeSinceDay: actsLikeSince(taken, STEPS_OF[own]), sinceMs, step, fresh, taken, review },
  });
  return finding({
    kind: 'class_drift',
    ruleId: 'autonomy-ladder',
    severity: RULE_SEVERITIES['autonomy-ladder'][beyond.length > 0 ? 'beyondClass' : 'plain'],
    hygiene: !isUntriggered(event, row, beyond),
    dedupeKey: `ladder|${own}|${step}|${review?.at ?? ''}`,
    ...words,
    threshold: 'static',
    taxonomy: { owasp: ['ASI02'], nist: ['GOVERN-1.5'] },
  });
}

export const autonomyLadder: FindingRule = (transaction, event, { registered, classes }) => {
  const climbed = climb(transaction, event, registered);
  if (registered === undefined || climbed.fresh.length === 0) return undefined;
  const steps = STEPS_OF[registered.class];
  if (steps === undefined) return undefined;
  // `class-drift` says that.
  const isBeyond = climbed.fresh.some(
    (step) => step !== 'unapproved_write' && !steps.includes(step),
  );
  const seenMs = epochMs(event.event_time) - climbed.ladder.sinceMs;
  const isNew = seenMs >= WARMED_UP_MS && climbed.fresh.some((step) => step !== 'write_grant');
  if (!isBeyond && !isNew) return undefined;
  const row = classRow(classes, registered.class, event.target?.environment);
  return describe(event, registered, row, climbed);
};
