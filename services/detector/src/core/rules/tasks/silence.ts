/**
 * Agents that should be heard of and are not: their registered heartbeat, or what is usual of them at that hour
 * (`usual-interval.ts`), times `silence_factor`, has passed by the log's own time, and how late a record may come
 * besides. Silence alone is no alarm: a machine may be switched off.
 * Source: the registry's `monitoring`, else the agent's own rhythm; the target's audit for uses. Limits: only agents
 * that the registry names.
 */

import type { RegistryAgent } from '@waywarden/schemas';
import {
  type AuditEvent,
  assuranceAtLeast,
  durationMs,
  epochMs,
  type Policy,
  shiftTime,
  sourceNameOf,
} from '@waywarden/schemas';
import type { Draft, Output } from '@waywarden/stage';
import { NOTES, noteOutput } from '../../alerting/shared-note.ts';
import { callEnding } from '../../domain/call-ending.ts';
import { keepKnown, knownOf } from '../../state/agent/known-of-agent.ts';
import { schedule, takeDue } from '../../state/due-items.ts';
import {
  type Acts,
  type Heard,
  heardAt,
  heardKey,
  keepHeard,
  lastOf,
  silenceNotes,
  wasProven,
  withToken,
} from './heard-agent.ts';
import {
  NO_RHYTHM,
  presentHours,
  type Rhythm,
  usualWithin,
  withSilence,
} from './usual-interval.ts';

/** Agents of a partition whose heartbeats are listened for; further ones are not. */
export const LISTENED_MAX = 10_000;
const LISTENED = 'listened';
/** Agents without a heartbeat, by when their usual time is up. */
const QUIET = 'quiet';
/** Whoever declares no heartbeat is noted as heard of once in so long. */
const NOTED_EVERY_MS = 60_000;
/** Two clocks may differ by so much. */
const SKEW_MS = 120_000;

function listen(draft: Draft, key: string): boolean {
  const all = draft.get<readonly string[]>(LISTENED) ?? [];
  if (all.length >= LISTENED_MAX) return false;
  draft.put(LISTENED, [...all, key]);
  return true;
}

/** What the target tells of others in its audit names their credentials, not the auditor's. */
function tokensWith(before: Heard | undefined, event: AuditEvent): readonly string[] {
  const token = event.target?.resource_type === 'access_record' ? undefined : event.credential?.uid;
  const tokens = before?.tokens ?? [];
  // Made-up ones cost nothing in calls that are denied.
  if (token === undefined || callEnding(event) === 'void') return tokens;
  return withToken(tokens, token, assuranceAtLeast(event.agent.assurance, 'authenticated'));
}

interface Hearing {
  readonly event: AuditEvent;
  readonly ms: number;
  readonly key: string;
  readonly before: Heard | undefined;
  readonly limits: Policy['limits'] | undefined;
}

const DEFAULT_FACTOR = 3;

/** The latest stretch without its heartbeats, with what of it came late taken out. */
function gapWith({ before, ms, limits }: Hearing, heartbeatMs: number): Heard['gap'] {
  if (before === undefined) return undefined;
  const { gap } = before;
  if (ms <= before.ms) return gap !== undefined && ms > gap[0] && ms < gap[1] ? undefined : gap;
  const patience = heartbeatMs * (limits?.silence_factor ?? DEFAULT_FACTOR) + SKEW_MS;
  return ms - before.ms > patience ? [before.ms, ms] : gap;
}

/** When it is heard of again usually; kept for it with each hour. */
function usualOf(
  draft: Draft,
  { event, ms }: Hearing,
  before: Pick<Heard, 'ms'> | undefined,
): number {
  const stored = knownOf<readonly [string, number]>(draft, event, 'rhythm');
  const rhythm: Rhythm =
    stored === undefined ? NO_RHYTHM : { hours: presentHours(stored[0]), longest: stored[1] };
  const next = before === undefined ? rhythm : withSilence(rhythm, before.ms, ms);
  if (next.hours !== rhythm.hours || next.longest !== rhythm.longest || stored === undefined) {
    keepKnown(draft, event, 'rhythm', [next.hours, next.longest]);
  }
  return usualWithin(next, ms);
}

const isBeat = ({ activity }: AuditEvent) => activity === 'heartbeat';

/** Its last act, with this one, where that is later. */
function actsWith(draft: Draft, hearing: Hearing): Acts {
  const { event, ms, before } = hearing;
  const known = before?.acts;
  if (known !== undefined && ms <= known.ms) return known;
  const withinMs = usualOf(draft, hearing, known);
  return { last: lastOf(event), time: event.event_time, ms, withinMs, silent: false };
}

/**
 * Its acts, with this event. A silence is told under the last event before it: where a beat ends one that began with an
 * act, what follows of the acts is another, under the beat.
 */
function actsAfter(draft: Draft, hearing: Hearing): Acts | undefined {
  const { event, ms, before } = hearing;
  if (!isBeat(event)) return actsWith(draft, hearing);
  const acts = before?.acts;
  if (acts === undefined || before?.silent !== true || ms <= before.ms) return acts;
  return acts.last[0] === before.last[0] ? { ...acts, last: lastOf(event) } : acts;
}

function patienceOf({ withinMs }: Pick<Heard, 'withinMs'>, limits: Policy['limits']): number {
  return withinMs * limits.silence_factor + durationMs(limits.lateness);
}

/** Whether it is heard of by this, and not only spoken of. */
function speaks(event: AuditEvent, registered: RegistryAgent, before: Heard | undefined): boolean {
  const isProven = assuranceAtLeast(event.agent.assurance, 'authenticated');
  if (!isProven && before !== undefined && wasProven(before)) return false;
  const named = registered.monitoring?.sources ?? [];
  if (!isBeat(event) || named.length === 0) return true;
  return named.includes(event.source.instance) || named.includes(sourceNameOf(event));
}

/** What is to be told where it, or its acts, were silent and are no more. */
function endNotes(
  before: Heard | undefined,
  event: AuditEvent,
  now: Pick<Heard, 'silent' | 'acts'>,
) {
  const isOf = (of: Pick<Heard, 'silent' | 'acts'>) => of.silent || of.acts?.silent === true;
  if (before === undefined || !isOf(before) || isOf(now)) return [];
  return silenceNotes({ ...before, time: event.event_time, last: lastOf(event) }, 'silenceEnded');
}

/** Notes that the agent was heard of; what is to be told is the end of a silence. */
export function hear(
  draft: Draft,
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
  // Beats that nobody declared are no rhythm of its acts.
  if (heartbeat === undefined && isBeat(event)) return [];
  const key = heardKey(event.tenant_id, event.agent.uid);
  const before = heardAt(draft, key);
  if (!speaks(event, registered, before)) return [];
  const isNew = before === undefined || !before.isDeclared;
  if (heartbeat !== undefined && isNew && !listen(draft, key)) return [];
  const ms = epochMs(event.event_time);
  const hearing = { event, ms, key, before, limits };
  const acts = heartbeat === undefined ? before?.acts : actsAfter(draft, hearing);
  if (before !== undefined && ms <= before.ms) return hearLate(draft, hearing, { ...before, acts });
  const tokens = tokensWith(before, event);
  const isSoon = before !== undefined && ms - before.ms < NOTED_EVERY_MS && !before.silent;
  if (heartbeat === undefined && isSoon && tokens === before.tokens) return [];
  const withinMs = heartbeat === undefined ? usualOf(draft, hearing, before) : heartbeat * 1000;
  const [toldBy, ...others] = registered.monitoring?.sources ?? [];
  const heard: Heard = {
    ...{ tenant: event.tenant_id, uid: event.agent.uid, last: lastOf(event) },
    ...{ time: event.event_time, ms, tokens, withinMs, policyVersion, silent: false },
    ...{ isDeclared: heartbeat !== undefined, isDue: before?.isDue === true },
    ...(others.length === 0 ? { toldBy } : {}),
    ...(heartbeat === undefined ? {} : { gap: gapWith(hearing, withinMs), acts }),
  };
  keepHeard(draft, key, heartbeat === undefined ? dueFor(draft, key, heard, limits) : heard);
  return endNotes(before, event, heard);
}

/** What comes late ends no silence: it was said before it began. An act that no later one is known of ends that of acts. */
function hearLate(draft: Draft, hearing: Hearing, now: Heard): readonly Output[] {
  const { event, key, before } = hearing;
  const gap = gapWith(hearing, now.withinMs);
  if (gap !== now.gap || now.acts !== before?.acts) keepHeard(draft, key, { ...now, gap });
  return endNotes(before, event, now);
}

/** It is looked at when its usual time is up; once it waits for that, it stays where it is. */
function dueFor(draft: Draft, key: string, heard: Heard, limits: Policy['limits'] | undefined) {
  if (heard.isDue || heard.withinMs === 0 || limits === undefined) return heard;
  schedule(draft, { key }, heard.ms + patienceOf(heard, limits), QUIET);
  return { ...heard, isDue: true };
}

/** The target tells that a credential was used. */
export function noteTokenUse(event: AuditEvent, policyVersion: string): readonly Output[] {
  const token = event.credential?.uid;
  if (event.target?.resource_type !== 'access_record' || token === undefined) return [];
  const time = event.event_time;
  const note = { kind: NOTES.tokenSeen, about: `token/${token}`, time, policyVersion };
  return [noteOutput(event, note)];
}

/** Whose silence has begun by this time. */
export function noteSilences(
  draft: Draft,
  nowMs: number,
  limitsOf: (tenant: string) => Policy['limits'] | undefined,
): readonly Output[] {
  const outputs: Output[] = [];
  const lookAt = (key: string, isListed: boolean) => {
    const heard = heardAt(draft, key);
    if (heard === undefined || heard.isDeclared !== isListed) return;
    const { acts } = heard;
    if (heard.silent || acts?.silent === true) return;
    const limits = limitsOf(heard.tenant);
    if (limits === undefined) return;
    const isOver = (one: Pick<Heard, 'withinMs' | 'ms'>) =>
      one.withinMs > 0 && nowMs - one.ms > patienceOf(one, limits);
    const isSilent = isOver(heard);
    if (isSilent) outputs.push(...silenceNotes(heard, 'silenceBegun'));
    else if (acts !== undefined && isOver(acts)) {
      outputs.push(...silenceNotes({ ...heard, ...acts, isDeclared: false }, 'silenceBegun'));
      keepHeard(draft, key, { ...heard, acts: { ...acts, silent: true } });
      return;
    }
    const next = { ...heard, silent: isSilent, isDue: false };
    if (!isListed) keepHeard(draft, key, isSilent ? next : dueFor(draft, key, next, limits));
    else if (isSilent) keepHeard(draft, key, next);
  };
  for (const key of draft.get<readonly string[]>(LISTENED) ?? []) lookAt(key, true);
  for (const { key } of takeDue<{ readonly key: string }>(draft, nowMs, QUIET)) lookAt(key, false);
  return outputs;
}

export interface Silent {
  readonly since: string;
  readonly until: string;
  readonly heartbeatS: number;
}

/** The latest stretch without heartbeats of an agent that declares them. */
export function silentBefore(
  draft: Draft,
  { tenant_id: tenant, agent }: AuditEvent,
): Silent | undefined {
  const heard = heardAt(draft, heardKey(tenant, agent.uid));
  if (heard?.gap === undefined || !heard.isDeclared) return undefined;
  const [since, until] = heard.gap.map((ms) => shiftTime('1970-01-01T00:00:00Z', ms));
  if (since === undefined || until === undefined) return undefined;
  return { since, until, heartbeatS: heard.withinMs / 1000 };
}
