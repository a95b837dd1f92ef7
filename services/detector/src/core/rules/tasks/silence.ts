/**
 * Agents that should be heard of and are not: heartbeat or usual interval (`usual-interval.ts`) times
 * `silence_factor` has passed by log time. Silence alone is no alarm. Only registered agents.
 */
import {
  type AuditEvent,
  assuranceAtLeast,
  durationMs,
  epochMs,
  type Policy,
  type RegistryAgent,
  shiftTime,
  sourceNameOf,
} from '@waywarden/schemas';
import type { Output, Transaction } from '@waywarden/stage';
import { NOTES, noteOutput } from '../../alerting/shared-note.ts';
import { callEnding } from '../../domain/call-ending.ts';
import { CLOCK_SKEW_MAX_MS, MINUTE_MS } from '../../domain/day.ts';
import { knownOf, storeKnown } from '../../state/agent/agent-key.ts';
import { schedule, takeDue } from '../../state/due-items.ts';
import {
  type Acts,
  type LastSeen,
  lastCallOf,
  lastSeenAt,
  lastSeenKey,
  silenceNotes,
  storeLastSeen,
  wasProven,
  withToken,
} from './last-seen.ts';
import { NO_RHYTHM, type Rhythm, usualWithin, withSilence } from './usual-interval.ts';

/** Further ones are not. */
export const LISTENED_MAX = 10_000;
const LISTENED = 'listened';
const QUIET = 'quiet';

function listen(transaction: Transaction, key: string): boolean {
  const all = transaction.get<readonly string[]>(LISTENED) ?? [];
  if (all.length >= LISTENED_MAX) return false;
  transaction.put(LISTENED, [...all, key]);
  return true;
}

/** Audits name others' credentials. */
function tokensWith(before: LastSeen | undefined, event: AuditEvent): LastSeen['tokens'] {
  const token = event.target?.resource_type === 'access_record' ? undefined : event.credential?.uid;
  const tokens = before?.tokens ?? [];
  // Made-up tokens cost nothing in denied calls.
  if (token === undefined || callEnding(event) === 'void') return tokens;
  return withToken(tokens, token, assuranceAtLeast(event.agent.assurance, 'authenticated'));
}

interface Hearing {
  readonly event: AuditEvent;
  readonly ms: number;
  readonly key: string;
  readonly before: LastSeen | undefined;
  readonly limits: Policy['limits'] | undefined;
}

const DEFAULT_FACTOR = 3;

/** Without what only came late. */
function gapWith({ before, ms, limits }: Hearing, heartbeatMs: number): LastSeen['gap'] {
  if (before === undefined) return undefined;
  const { gap } = before;
  if (ms <= before.ms) return gap !== undefined && ms > gap[0] && ms < gap[1] ? undefined : gap;
  const patience = heartbeatMs * (limits?.silence_factor ?? DEFAULT_FACTOR) + CLOCK_SKEW_MAX_MS;
  return ms - before.ms > patience ? [before.ms, ms] : gap;
}

function usualOf(
  transaction: Transaction,
  { event, ms }: Hearing,
  before: Pick<LastSeen, 'ms'> | undefined,
): number {
  const stored = knownOf<readonly [string, number]>(transaction, event, 'rhythm');
  const rhythm: Rhythm =
    stored === undefined ? NO_RHYTHM : { hours: stored[0], longest: stored[1] };
  const next = before === undefined ? rhythm : withSilence(rhythm, before.ms, ms);
  if (next.hours !== rhythm.hours || next.longest !== rhythm.longest || stored === undefined) {
    storeKnown(transaction, event, 'rhythm', [next.hours, next.longest]);
  }
  return usualWithin(next, ms);
}

const isBeat = ({ activity }: AuditEvent) => activity === 'heartbeat';

function actsWith(transaction: Transaction, hearing: Hearing): Acts {
  const { event, ms, before } = hearing;
  const known = before?.acts;
  if (known !== undefined && ms <= known.ms) return known;
  const withinMs = usualOf(transaction, hearing, known);
  return { last: lastCallOf(event), time: event.event_time, ms, withinMs, silent: false };
}

/** A beat that ends a silence begun by an act starts another one. */
function actsAfter(transaction: Transaction, hearing: Hearing): Acts | undefined {
  const { event, ms, before } = hearing;
  if (!isBeat(event)) return actsWith(transaction, hearing);
  const acts = before?.acts;
  if (acts === undefined || before?.silent !== true || ms <= before.ms) return acts;
  return acts.last.event_id === before.last.event_id ? { ...acts, last: lastCallOf(event) } : acts;
}

function patienceOf({ withinMs }: Pick<LastSeen, 'withinMs'>, limits: Policy['limits']): number {
  return withinMs * limits.silence_factor + durationMs(limits.lateness);
}

/** Whether it is heard of by this, and not only spoken of. */
function speaks(
  event: AuditEvent,
  registered: RegistryAgent,
  before: LastSeen | undefined,
): boolean {
  const isProven = assuranceAtLeast(event.agent.assurance, 'authenticated');
  if (!isProven && before !== undefined && wasProven(before)) return false;
  const named = registered.monitoring?.sources ?? [];
  if (!isBeat(event) || named.length === 0) return true;
  return named.includes(event.source.instance) || named.includes(sourceNameOf(event));
}

function endNotes(
  before: LastSeen | undefined,
  event: AuditEvent,
  now: Pick<LastSeen, 'silent' | 'acts'>,
) {
  const isOf = (of: Pick<LastSeen, 'silent' | 'acts'>) => of.silent || of.acts?.silent === true;
  if (before === undefined || !isOf(before) || isOf(now)) return [];
  return silenceNotes(
    { ...before, time: event.event_time, last: lastCallOf(event) },
    'silenceEnded',
  );
}

/** Returns the end of a silence. */
export function noteSeen(
  transaction: Transaction,
  event: AuditEvent,
  of: {
    readonly registered: RegistryAgent | undefined;
    readonly policyVersion: string;
    readonly limits: Policy['limits'] | undefined;
  },
): readonly Output[] {
  const { registered, policyVersion, limits } = of;
  if (registered === undefined || event.event_time_quality !== 'measured') return [];
  const heartbeat = registered.monitoring?.heartbeat_s;
  // Undeclared beats are no rhythm.
  if (heartbeat === undefined && isBeat(event)) return [];
  const key = lastSeenKey(event.tenant_id, event.agent.uid);
  const before = lastSeenAt(transaction, key);
  if (!speaks(event, registered, before)) return [];
  const isNew = before === undefined || !before.isDeclared;
  if (heartbeat !== undefined && isNew && !listen(transaction, key)) return [];
  const ms = epochMs(event.event_time);
  const hearing = { event, ms, key, before, limits };
  const acts = heartbeat === undefined ? before?.acts : actsAfter(transaction, hearing);
  if (before !== undefined && ms <= before.ms)
    return noteSeenLate(transaction, hearing, { ...before, acts });
  const tokens = tokensWith(before, event);
  const isSoon = before !== undefined && ms - before.ms < MINUTE_MS && !before.silent;
  if (heartbeat === undefined && isSoon && tokens === before.tokens) return [];
  const withinMs =
    heartbeat === undefined ? usualOf(transaction, hearing, before) : heartbeat * 1000;
  const [reportedBy, ...others] = registered.monitoring?.sources ?? [];
  const lastSeen: LastSeen = {
    ...{ tenant: event.tenant_id, uid: event.agent.uid, last: lastCallOf(event) },
    ...{ time: event.event_time, ms, tokens, withinMs, policyVersion, silent: false },
    ...{ isDeclared: heartbeat !== undefined, isDue: before?.isDue === true },
    ...(others.length === 0 ? { reportedBy } : {}),
    ...(heartbeat === undefined ? {} : { gap: gapWith(hearing, withinMs), acts }),
  };
  storeLastSeen(
    transaction,
    key,
    heartbeat === undefined ? dueFor(transaction, key, lastSeen, limits) : lastSeen,
  );
  return endNotes(before, event, lastSeen);
}

/** What comes late ends no silence. */
function noteSeenLate(
  transaction: Transaction,
  hearing: Hearing,
  now: LastSeen,
): readonly Output[] {
  const { event, key, before } = hearing;
  const gap = gapWith(hearing, now.withinMs);
  if (gap !== now.gap || now.acts !== before?.acts)
    storeLastSeen(transaction, key, { ...now, gap });
  return endNotes(before, event, now);
}

/** Stays where it waits. */
function dueFor(
  transaction: Transaction,
  key: string,
  lastSeen: LastSeen,
  limits: Policy['limits'] | undefined,
) {
  if (lastSeen.isDue || lastSeen.withinMs === 0 || limits === undefined) return lastSeen;
  schedule(transaction, { key }, lastSeen.ms + patienceOf(lastSeen, limits), QUIET);
  return { ...lastSeen, isDue: true };
}

export function noteTokenUse(event: AuditEvent, policyVersion: string): readonly Output[] {
  const token = event.credential?.uid;
  if (event.target?.resource_type !== 'access_record' || token === undefined) return [];
  const time = event.event_time;
  const note = { kind: NOTES.tokenSeen, about: `token/${token}`, time, policyVersion };
  return [noteOutput(event, note)];
}

export function noteSilences(
  transaction: Transaction,
  nowMs: number,
  limitsOf: (tenant: string) => Policy['limits'] | undefined,
): readonly Output[] {
  const outputs: Output[] = [];
  const lookAt = (key: string, isListed: boolean) => {
    const lastSeen = lastSeenAt(transaction, key);
    if (lastSeen === undefined || lastSeen.isDeclared !== isListed) return;
    const { acts } = lastSeen;
    if (lastSeen.silent || acts?.silent === true) return;
    const limits = limitsOf(lastSeen.tenant);
    if (limits === undefined) return;
    const isOver = (one: Pick<LastSeen, 'withinMs' | 'ms'>) =>
      one.withinMs > 0 && nowMs - one.ms > patienceOf(one, limits);
    const isSilent = isOver(lastSeen);
    if (isSilent) outputs.push(...silenceNotes(lastSeen, 'silenceBegun'));
    else if (acts !== undefined && isOver(acts)) {
      outputs.push(...silenceNotes({ ...lastSeen, ...acts, isDeclared: false }, 'silenceBegun'));
      storeLastSeen(transaction, key, { ...lastSeen, acts: { ...acts, silent: true } });
      return;
    }
    const next = { ...lastSeen, silent: isSilent, isDue: false };
    if (!isListed)
      storeLastSeen(transaction, key, isSilent ? next : dueFor(transaction, key, next, limits));
    else if (isSilent) storeLastSeen(transaction, key, next);
  };
  for (const key of transaction.get<readonly string[]>(LISTENED) ?? []) lookAt(key, true);
  for (const { key } of takeDue<{ readonly key: string }>(transaction, nowMs, QUIET))
    lookAt(key, false);
  return outputs;
}

export interface Silent {
  readonly since: string;
  readonly until: string;
  readonly heartbeatS: number;
}

export function silentBefore(
  transaction: Transaction,
  { tenant_id: tenant, agent }: AuditEvent,
): Silent | undefined {
  const lastSeen = lastSeenAt(transaction, lastSeenKey(tenant, agent.uid));
  if (lastSeen?.gap === undefined || !lastSeen.isDeclared) return undefined;
  const [since, until] = lastSeen.gap.map((ms) => shiftTime('1970-01-01T00:00:00Z', ms));
  if (since === undefined || until === undefined) return undefined;
  return { since, until, heartbeatS: lastSeen.withinMs / 1000 };
}
