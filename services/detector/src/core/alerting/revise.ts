/** A further completion of an alert: what it changes, and whether that is reported. */
import { type Alert, assuranceAtLeast, severityAtLeast, shortPrint } from '@waywarden/schemas';
import { laterTime } from '../domain/day.ts';
import { type Alarm, type Amounts, EVIDENCE_MAX } from './alarm.ts';
import type { TrackedAlert } from './tracked-alert.ts';

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

/** Words and subject stay those of what is reported; the count is of all. */
export function revise(tracked: TrackedAlert, fresh: Alert, alarm: Alarm): Revision {
  const { alert: open, reported } = tracked;
  const isAsGrave = severityAtLeast(fresh.severity, open.severity);
  const isGraver = isAsGrave && fresh.severity !== open.severity;
  const isStronger = !assuranceAtLeast(
    open.decisive_assurance ?? 'unresolved',
    fresh.decisive_assurance ?? 'unresolved',
  );
  const isClearer = fresh.evaluable && !open.evaluable;
  const isRepeat = isDue(open, fresh);
  const amounts = amountsWith(tracked.amounts, alarm);
  const leads = isToLead(tracked, fresh, alarm);
  const count = open.count + 1;
  const grows = hasGrown(reported.amounts, amounts);
  const isReported =
    isGraver ||
    isStronger ||
    isClearer ||
    isRepeat ||
    leads ||
    grows ||
    count >= 2 * reported.count;
  const isNews = isGraver || isStronger || isRepeat || leads;
  const added = fresh.evidence.filter(
    ({ event_id: id }) => !open.evidence.some((known) => known.event_id === id),
  );
  const evidence = isNews || grows ? [...added, ...open.evidence] : [...open.evidence, ...added];
  const merged: Alert = {
    ...withSources(isReported && isAsGrave ? worded(open, fresh) : open, isNews ? fresh : open),
    ...(isNews || (isReported && alarm.grouping?.renews !== undefined)
      ? { subject: fresh.subject }
      : {}),
    count,
    score: Math.max(open.score, fresh.score),
    evidence: evidence.slice(0, EVIDENCE_MAX),
    last_event_time: laterTime(open.last_event_time, fresh.last_event_time),
    ...(isStronger ? { decisive_assurance: fresh.decisive_assurance } : {}),
    ...(isClearer ? { evaluable: true, not_visible: fresh.not_visible } : {}),
  };
  return { alert: merged, amounts, isReported, isRepeat };
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
