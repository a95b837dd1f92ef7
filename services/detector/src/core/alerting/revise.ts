/** A further completion of an alert: what it changes, and whether that is reported. */
import { type Alert, assuranceAtLeast, severityAtLeast, shortPrint } from '@waywarden/schemas';
import { laterTime } from '../domain/day.ts';
import { notQueuedWords } from '../wording/groups-and-budget.ts';
import { type Alarm, type Amounts, EVIDENCE_MAX } from './alarm.ts';

/**
 * `active`: queued. `inhibited`: part of a group. `throttled`: over budget. `silenced`: found wrong.
 */
type AlertState = 'active' | 'inhibited' | 'throttled' | 'silenced';

export interface TrackedAlert {
  readonly alert: Alert;
  readonly state: AlertState;
  /** The group's alert id, or why it was throttled. */
  readonly by?: string;
  /** What it is about, by fingerprint, and the largest amount of each. */
  readonly amounts: Amounts;
  readonly reported: {
    readonly count: number;
    readonly amounts: Amounts;
    readonly day: string;
    readonly led: readonly string[];
  };
}

export function asReported({ alert, state, by = '' }: TrackedAlert): Alert {
  if (state === 'active' || state === 'silenced') return alert;
  return { ...alert, hygiene: true, summary: notQueuedWords(alert.summary, state, by) };
}

/** The latest; older ones are reported again. */
const AMOUNTS_MAX = 16;
export const LED_MAX = 256;
/** The largest amount of each, by fingerprint. */
export function amountsWith(known: Amounts, alarm: Alarm): Amounts {
  const now = alarm.grouping?.amounts ?? [[`${alarm.ruleId}|${alarm.dedupeKey}`, 0]];
  const all = new Map(known);
  for (const [what, amount] of now) {
    const print = shortPrint(what);
    all.set(print, Math.max(all.get(print) ?? 0, amount));
  }
  return [...all].slice(-AMOUNTS_MAX);
}

/** So many times what was reported of an amount is worth another report. */
export const GROWN_TIMES = 2;

function hasGrown(reported: Amounts, now: Amounts): boolean {
  const before = new Map(reported);
  return now.some(([what, amount]) => {
    const known = before.get(what);
    return known === undefined || (amount > 0 && amount >= GROWN_TIMES * known);
  });
}

/** What an answer would reach: the work, or the credential. */
export function leadOf({ subject }: Alert, renews: 'work' | 'credential'): string {
  const { task_id: task = '', chain_id: chain = '', credential_uid: credential = '' } = subject;
  return shortPrint(renews === 'work' ? `${task}|${chain}` : credential);
}

function isToLead({ reported }: TrackedAlert, fresh: Alert, alarm: Alarm): boolean {
  const renews = alarm.grouping?.renews;
  if (renews === undefined) return false;
  // Below high, further work is only counted.
  if (renews === 'work' && !severityAtLeast(fresh.severity, 'high')) return false;
  if (reported.day !== fresh.detected_at.slice(0, 10)) return true;
  return reported.led.length < LED_MAX && !reported.led.includes(leadOf(fresh, renews));
}

/** What goes on is reported again each day (Alertmanager's repeat interval). */
function isDue(open: Alert, fresh: Alert): boolean {
  return open.hygiene !== true && fresh.detected_at.slice(0, 10) > open.detected_at.slice(0, 10);
}

export interface Revision {
  readonly alert: Alert;
  readonly amounts: Amounts;
  readonly isReported: boolean;
  readonly isRepeat: boolean;
}

/** What a further completion changes; any of it is worth a report. */
interface Changes {
  readonly graver: boolean;
  readonly betterProven: boolean;
  readonly evaluable: boolean;
  readonly anotherDay: boolean;
  readonly otherWork: boolean;
  readonly grown: boolean;
  readonly doubled: boolean;
}

function changesOf(
  { alert: open, reported }: TrackedAlert,
  { alert: fresh, amounts, leads }: Further,
): Changes {
  const isAsGrave = severityAtLeast(fresh.severity, open.severity);
  const [before, now] = [open.decisive_assurance, fresh.decisive_assurance];
  return {
    graver: isAsGrave && fresh.severity !== open.severity,
    betterProven: !assuranceAtLeast(before ?? 'unresolved', now ?? 'unresolved'),
    evaluable: fresh.evaluable && !open.evaluable,
    anotherDay: isDue(open, fresh),
    otherWork: leads,
    grown: hasGrown(reported.amounts, amounts),
    doubled: open.count + 1 >= 2 * reported.count,
  };
}

interface Further {
  readonly alert: Alert;
  readonly amounts: Amounts;
  readonly leads: boolean;
}

/** The latest call comes first where it is news. */
function evidenceOf(open: Alert, fresh: Alert, isFirst: boolean): Alert['evidence'] {
  const known = new Set(open.evidence.map(({ event_id: id }) => id));
  const added = fresh.evidence.filter(({ event_id: id }) => !known.has(id));
  const all = isFirst ? [...added, ...open.evidence] : [...open.evidence, ...added];
  return all.slice(0, EVIDENCE_MAX);
}

/** Words and subject stay those of what is reported; the count is of all. */
export function revise(tracked: TrackedAlert, fresh: Alert, alarm: Alarm): Revision {
  const { alert: open } = tracked;
  const amounts = amountsWith(tracked.amounts, alarm);
  const leads = isToLead(tracked, fresh, alarm);
  const changes = changesOf(tracked, { alert: fresh, amounts, leads });
  const { graver, betterProven, evaluable, anotherDay, otherWork, grown } = changes;
  const isReported = Object.values(changes).some(Boolean);
  const isNews = graver || betterProven || anotherDay || otherWork;
  const takesWords = isReported && severityAtLeast(fresh.severity, open.severity);
  const takesSubject = isNews || (isReported && alarm.grouping?.renews !== undefined);
  const alert: Alert = {
    ...withSources(takesWords ? worded(open, fresh) : open, isNews ? fresh : open),
    ...(takesSubject ? { subject: fresh.subject } : {}),
    count: open.count + 1,
    score: Math.max(open.score, fresh.score),
    evidence: evidenceOf(open, fresh, isNews || grown),
    last_event_time: laterTime(open.last_event_time, fresh.last_event_time),
    ...(betterProven ? { decisive_assurance: fresh.decisive_assurance } : {}),
    ...(evaluable ? { evaluable: true, not_visible: fresh.not_visible } : {}),
  };
  return { alert, amounts, isReported, isRepeat: anotherDay };
}

/** Who adds one to everybody's alerts must not become their source. */
function withSources({ sources: _, ...alert }: Alert, { sources }: Alert): Alert {
  return sources === undefined ? alert : { ...alert, sources };
}

function worded(open: Alert, fresh: Alert): Alert {
  const { baseline: _, ...rest } = open;
  const {
    severity,
    title,
    summary,
    reasons,
    confidence,
    confidence_basis,
    not_visible,
    evaluable,
  } = fresh;
  return {
    ...rest,
    ...{ severity, title, summary, reasons, confidence, not_visible, evaluable },
    ...(confidence_basis === undefined ? {} : { confidence_basis }),
    ...(fresh.baseline === undefined ? {} : { baseline: fresh.baseline }),
  };
}
