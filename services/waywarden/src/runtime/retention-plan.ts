/**
 * What is kept of each topic, unless the operator says otherwise. Everything that senders can make
 * grow has a size beside its age; the registry has neither, because it is what all else is judged by
 * and only people add to it. Reasons, and what follows for a restore: docs/adr/0016.
 */
import type { TopicRetention } from '@waywarden/event-log';
import { TOPICS, type TopicId } from '@waywarden/schemas';
import { z } from 'zod';

const DAY_MS = 86_400_000;
const GIB = 1024 ** 3;
/** Below it a burst of a minute could not be told from what is too much. */
const BYTES_MIN = 64 * 1024 ** 2;
const AGE_MS_MIN = 3_600_000;

/** By the names that `--keep` takes. `bytes` is of one partition. */
const PLAN = {
  events: { topic: 'auditEvents', ageMs: 90 * DAY_MS, bytes: 8 * GIB },
  steps: { topic: 'privilegeSteps', ageMs: 30 * DAY_MS, bytes: 4 * GIB },
  alerts: { topic: 'alerts', ageMs: 90 * DAY_MS, bytes: 2 * GIB },
  // Longer than alerts and room for all their partitions: an alert that intake reads again must
  // still be found here, or it would be decided a second time.
  journal: { topic: 'responseJournal', ageMs: 97 * DAY_MS, bytes: 16 * GIB },
  decisions: { topic: 'decisions', ageMs: 400 * DAY_MS, bytes: GIB },
  commands: { topic: 'revocationCommands', ageMs: undefined, bytes: 4 * GIB },
  receipts: { topic: 'revocationReceipts', ageMs: 400 * DAY_MS, bytes: GIB },
  // As long as the decisions: a close that is forgotten would put its alert back into the queue.
  triage: { topic: 'triage', ageMs: 400 * DAY_MS, bytes: GIB },
  deadletter: { topic: 'auditDeadletter', ageMs: 30 * DAY_MS, bytes: GIB },
  // Only until the calls in it are concluded, which a crash may put off.
  telemetry: { topic: 'telemetry', ageMs: DAY_MS, bytes: GIB / 2 },
  flows: { topic: 'valueFlows', ageMs: 30 * DAY_MS, bytes: 4 * GIB },
  links: { topic: 'privilegeLinks', ageMs: 30 * DAY_MS, bytes: 4 * GIB },
  baselines: { topic: 'baselinePartials', ageMs: 90 * DAY_MS, bytes: 2 * GIB },
  snapshots: { topic: 'baselineSnapshots', ageMs: 90 * DAY_MS, bytes: GIB },
} as const satisfies Record<
  string,
  { readonly topic: TopicId; readonly ageMs: number | undefined; readonly bytes: number }
>;

export type StoredName = keyof typeof PLAN;
export const STORED_NAMES = Object.keys(PLAN) as readonly StoredName[];

/** By topic id; a topic that is absent is kept whole. */
export type RetentionPlan = Readonly<Partial<Record<TopicId, TopicRetention>>>;

const UNIT = { h: 3_600_000, d: DAY_MS, MiB: 1024 ** 2, GiB: GIB, TiB: 1024 * GIB } as const;
const AMOUNT = /^(\d{1,6})(h|d|MiB|GiB|TiB)$/;
const storedName = z.enum(STORED_NAMES as [StoredName, ...StoredName[]]);

type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: string };

function amountOf(text: string): Parsed<TopicRetention> {
  const [, digits = '', unit = ''] = AMOUNT.exec(text) ?? [];
  if (digits === '') {
    return { ok: false, problem: `"${text}" is neither an age (30d, 12h) nor a size (8GiB)` };
  }
  const value = Number(digits) * UNIT[unit as keyof typeof UNIT];
  const isAge = unit === 'h' || unit === 'd';
  if (isAge && value < AGE_MS_MIN) return { ok: false, problem: `"${text}": at least 1h` };
  if (!isAge && value < BYTES_MIN) return { ok: false, problem: `"${text}": at least 64MiB` };
  return { ok: true, value: isAge ? { ageMs: value } : { bytes: value } };
}

/** `events=90d/8GiB`: what is named replaces what stands, `forever` both. */
function parseOne(
  text: string,
): Parsed<{ name: StoredName; retention: TopicRetention | 'forever' }> {
  const [left = '', right = ''] = text.split('=', 2);
  const name = storedName.safeParse(left.trim());
  if (!name.success) {
    return { ok: false, problem: `"${left}" is none of ${STORED_NAMES.join(', ')}` };
  }
  if (right.trim() === 'forever')
    return { ok: true, value: { name: name.data, retention: 'forever' } };
  let retention: TopicRetention = {};
  for (const part of right.split('/')) {
    const amount = amountOf(part.trim());
    if (!amount.ok) return { ok: false, problem: `${name.data}: ${amount.problem}` };
    retention = { ...retention, ...amount.value };
  }
  return { ok: true, value: { name: name.data, retention } };
}

/**
 * The plan with what was asked for. `asked` holds items such as `events=30d/2GiB`, `deadletter=7d`,
 * `journal=forever`; the later counts.
 */
export function retentionPlan(asked: readonly string[] = []): Parsed<RetentionPlan> {
  const plan: Partial<Record<TopicId, TopicRetention>> = {};
  const limits = ({
    ageMs,
    bytes,
  }: {
    readonly ageMs?: number | undefined;
    readonly bytes?: number | undefined;
  }) => ({
    ...(ageMs === undefined ? {} : { ageMs }),
    ...(bytes === undefined ? {} : { bytes }),
  });
  for (const one of Object.values(PLAN)) plan[one.topic] = limits(one);
  for (const text of asked) {
    const parsed = parseOne(text);
    if (!parsed.ok) return parsed;
    const { name, retention } = parsed.value;
    const { topic } = PLAN[name];
    plan[topic] = retention === 'forever' ? {} : limits({ ...plan[topic], ...retention });
  }
  if (plan.auditDeadletter?.ageMs === undefined) {
    const problem = 'deadletter: bodies may hold clear arguments, so they need an age (30d)';
    return { ok: false, problem };
  }
  plan.decisions = { ...plan.decisions, keepsLast: true };
  return { ok: true, value: plan };
}

/** For people and programs: by name, in days and bytes; null: without limit. */
export function storedFor(
  plan: RetentionPlan,
): Readonly<Record<string, { days: number | null; bytes: number | null }>> {
  return Object.fromEntries(
    STORED_NAMES.map((name) => {
      const { ageMs, bytes } = plan[PLAN[name].topic] ?? {};
      const days = ageMs === undefined ? null : Math.round((ageMs / DAY_MS) * 100) / 100;
      return [TOPICS[PLAN[name].topic].name, { days, bytes: bytes ?? null }];
    }),
  );
}
