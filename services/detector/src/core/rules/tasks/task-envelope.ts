/** A call outside its workflow's reviewed envelope, from the first call on. A workflow without one bounds nothing. */
import {
  type AuditEvent,
  assuranceAtLeast,
  durationMs,
  epochMs,
  isSensitive,
  type Severity,
  severityAtLeast,
  shortPrint,
  sourceNameOf,
} from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { type Finding, type FindingRule, finding, hadEffect } from '../../alerting/finding.ts';
import { PRINT_36, printSet } from '../../domain/record-table.ts';
import {
  type ElementVerdict,
  type Envelope,
  envelopeOf,
  factsOf,
  judgeEnvelope,
  standsBy,
} from '../../domain/registry/envelope.ts';
import { RULE_SEVERITIES } from '../../domain/severities.ts';
import { agentStateKey } from '../../state/agent/agent-key.ts';
import { ENVELOPE_WORDS, listedOnlyWords, taskEnvelopeWords } from '../../wording/tasks.ts';

function outside(element: string, expected: string, observed: string): ElementVerdict {
  return { element, verdict: 'outside', expected, observed, inferred: false };
}

function progressVerdicts(
  envelope: Envelope,
  event: AuditEvent,
  before: TaskProgress,
): readonly ElementVerdict[] {
  const { deadline, volume } = envelope;
  const took = epochMs(event.event_time) - before.sinceMs;
  const late = deadline !== undefined && took > durationMs(deadline);
  const calls = before.calls + 1;
  const most = volume?.calls ?? Number.POSITIVE_INFINITY;
  return [
    ...(late ? [outside('deadline', ...ENVELOPE_WORDS.deadline(deadline, took))] : []),
    ...(calls > most ? [outside('volume', ...ENVELOPE_WORDS.volume(most, calls))] : []),
  ];
}

function provenanceVerdicts(
  envelope: Envelope,
  event: AuditEvent,
  before: TaskProgress,
): readonly ElementVerdict[] {
  const requested = event.task?.purpose?.values ?? [];
  return Object.entries(envelope.provenance ?? {}).flatMap(([argument, allowed]) => {
    const ids = (event.args?.items ?? [])
      .filter(({ path }) => path === argument || path.split(/[.[\]]/).includes(argument))
      .flatMap((item) => item.ids ?? []);
    const strange = ids.filter(
      (one) =>
        !(allowed.includes('requested') && requested.includes(one)) &&
        !(allowed.includes('trusted') && wasRead(before.trusted, one)),
    );
    if (strange.length === 0 || allowed.includes('untrusted')) return [];
    const fromText = strange.some((one) => wasRead(before.untrusted, one));
    const element = `provenance of ${argument}`;
    return [
      fromText
        ? outside(element, ...ENVELOPE_WORDS.fromText(allowed))
        : {
            ...outside(element, ...ENVELOPE_WORDS.unread(allowed)),
            verdict: 'unknown' as const,
          },
    ];
  });
}

function allVerdicts(
  envelope: Envelope,
  event: AuditEvent,
  before: TaskProgress,
): readonly ElementVerdict[] {
  return [
    ...judgeEnvelope(envelope, factsOf(event)),
    ...progressVerdicts(envelope, event, before),
    ...provenanceVerdicts(envelope, event, before),
  ];
}

function severityOf(
  event: AuditEvent,
  exceeded: readonly ElementVerdict[],
  proven: boolean,
): Severity {
  const by = RULE_SEVERITIES['outside-task-envelope'];
  if (!proven) return by.unproven;
  if (exceeded.every((one) => one.inferred)) return by.inferred;
  const grave =
    hadEffect(event) ||
    event.capabilities.some(({ symbol }) => isSensitive(symbol)) ||
    exceeded.some(({ element }) => element === 'sensitivity' || element.startsWith('provenance'));
  return grave ? by.grave : by.plain;
}

const BY_PROGRESS = /^(deadline$|volume$|provenance)/;

const NAMED: ReadonlySet<string> = new Set([
  'environments',
  'sensitivity',
  'capabilities',
  'workflow',
]);

/**
 * One incident for a workflow: most often its envelope lacks something. Amounts, destinations and targets are of
 * each task.
 */
function keysOf(workflow: string, task: string, exceeded: readonly ElementVerdict[]) {
  if (exceeded.every(({ element }) => NAMED.has(element))) {
    const exceedings = exceeded.map(({ element, observed }) => [element, observed]);
    const dedupeKey = JSON.stringify([workflow, exceedings]);
    return { dedupeKey, causeKey: `envelope|${dedupeKey}`, renews: 'work' as const };
  }
  return { dedupeKey: JSON.stringify([workflow, task, exceeded.map((one) => one.element)]) };
}

function describe(
  event: AuditEvent,
  workflow: string,
  verdicts: readonly ElementVerdict[],
): Finding | undefined {
  const exceeded = verdicts.filter((one) => one.verdict === 'outside');
  if (exceeded.length === 0) return undefined;
  const isProven = assuranceAtLeast(event.claims.workflow, 'authenticated');
  const elements = exceeded.map((one) => one.element);
  const task = event.task?.id ?? event.chain_id;
  return finding({
    kind: 'outside_task_envelope',
    ruleId: 'outside-task-envelope',
    severity: severityOf(event, exceeded, isProven),
    ...keysOf(workflow, task, exceeded),
    ...taskEnvelopeWords(event, verdicts, { workflow, isProven }),
    // A guessed capability alerts and does not revoke.
    restsOn: exceeded.every((one) => one.inferred) ? 'inferred' : event.claims.workflow,
    sources: elements.some((one) => BY_PROGRESS.test(one)) ? undefined : [sourceNameOf(event)],
    quarantines: isProven,
    standsBy: standsBy(exceeded).map((one) => `${workflow} ${one}`),
    taxonomy: { owasp: ['ASI02'], atlas: ['AML.T0053'] },
  });
}

export const taskEnvelope: FindingRule = (transaction, event, context) => {
  const { registry, registered } = context;
  const name = event.task?.workflow;
  if (name === undefined || event.outcome === 'denied') return undefined;
  if (registered?.workflows !== undefined && !registered.workflows.includes(name)) {
    const words = ENVELOPE_WORDS.workflow(registered.workflows, name);
    return describe(event, name, [outside('workflow', ...words)]);
  }
  const envelope = envelopeOf(registry, name);
  if (envelope === undefined) return undefined;
  const asksIds = envelope.provenance !== undefined;
  const before = progressOf(transaction, event, asksIds);
  const found = describe(event, name, allVerdicts(envelope, event, before));
  recordProgress(transaction, event, before, asksIds);
  return found;
};

const isOf = (kind: string) => (one: Finding) => one.alarm.kind === kind;

function saysSame(a: Finding, b: Finding): boolean {
  return a.reasons()[0]?.observed === b.reasons()[0]?.observed;
}

/**
 * A profile and an envelope that forbid the same give one queued finding, the graver; the other is listed in its
 * incident.
 */
export function reportedOnce(event: AuditEvent, found: readonly Finding[]): readonly Finding[] {
  const envelope = found.find(isOf('outside_task_envelope'));
  const profile = found.find(isOf('outside_profile'));
  if (envelope === undefined || profile === undefined || !saysSame(envelope, profile)) return found;
  const isEnvelope = severityAtLeast(envelope.alarm.severity, profile.alarm.severity);
  const [queued, listed] = isEnvelope ? [envelope, profile] : [profile, envelope];
  const causeKey = queued.alarm.grouping?.causeKey ?? event.chain_id;
  const summary = listedOnlyWords(listed.alarm.summary, queued.alarm.ruleId);
  return found.map((one) =>
    one === listed
      ? {
          ...one,
          alarm: {
            ...one.alarm,
            summary,
            grouping: { ...one.alarm.grouping, isHygiene: true, causeKey },
          },
        }
      : one,
  );
}

/** The longest untouched starts anew. */
export const TASKS_MAX = 64;
/** Of which reads are remembered. */
export const TASKS_READ_MAX = 16;
/** By trust; further ones count as unseen. */
export const TASK_IDS_MAX = 512;
const IDS = printSet(PRINT_36, TASK_IDS_MAX);

/** What an agent did in its latest tasks, as far as envelopes ask. Identifiers as 36-bit prints. */
interface TaskProgress {
  readonly sinceMs: number;
  readonly calls: number;
  readonly trusted: string;
  readonly untrusted: string;
}

/** Longest untouched first. */
type Rows = readonly (readonly [task: string, sinceMs: number, calls: number])[];
type Read = readonly [trusted: string, untrusted: string];

const keyOf = (event: AuditEvent) => agentStateKey(event, 'progress');
const readKey = (event: AuditEvent, task: string) => agentStateKey(event, 'read', task);
const taskOf = (event: AuditEvent) => shortPrint(event.task?.id ?? event.chain_id);

function progressOf(transaction: Transaction, event: AuditEvent, asksIds: boolean): TaskProgress {
  const task = taskOf(event);
  const ms = epochMs(event.event_time);
  const row = transaction.get<Rows>(keyOf(event))?.find(([one]) => one === task);
  const [trusted, untrusted] = (asksIds
    ? transaction.get<Read>(readKey(event, task))
    : undefined) ?? ['', ''];
  const [, sinceMs, calls] = row ?? [task, ms, 0];
  return { sinceMs: Math.min(ms, sinceMs), calls, trusted, untrusted };
}

function wasRead(read: string, id: string): boolean {
  return IDS.has(read, shortPrint(id, PRINT_36));
}

function withIds(known: string, more: readonly string[]): string {
  let all = known;
  for (const id of more) {
    if (IDS.count(all) >= TASK_IDS_MAX) break;
    all = IDS.add(all, shortPrint(id, PRINT_36));
  }
  return all;
}

function recordProgress(
  transaction: Transaction,
  event: AuditEvent,
  before: TaskProgress,
  keepsIds: boolean,
): void {
  const task = taskOf(event);
  const rows = transaction.get<Rows>(keyOf(event)) ?? [];
  const at = rows.findIndex(([one]) => one === task);
  const now = [
    ...rows.filter(([one]) => one !== task),
    [task, before.sinceMs, before.calls + 1] as const,
  ];
  transaction.put(keyOf(event), now.slice(-TASKS_MAX));
  const pushed = at < now.length - TASKS_READ_MAX ? now.at(-TASKS_READ_MAX - 1) : undefined;
  if (pushed !== undefined) transaction.delete(readKey(event, pushed[0]));
  const { result } = event;
  const sorted = (all: readonly string[] = []) => [...all].sort();
  // By field, then by name: a result's order must not choose.
  const ids = keepsIds ? [...sorted(result?.field_ids), ...sorted(result?.free_text_ids)] : [];
  if (ids.length === 0) return;
  const isTrusted = result?.trust === 'trusted';
  const read: Read = [
    isTrusted ? withIds(before.trusted, ids) : before.trusted,
    isTrusted ? before.untrusted : withIds(before.untrusted, ids),
  ];
  transaction.put(readKey(event, task), read);
}
