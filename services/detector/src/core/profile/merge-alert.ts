/**
 * What a further completion changes in an alert that is open: its count, its evidence, and where it is graver,
 * proven better, retold or in other work, who leads it.
 *
 * An open alert is no silence: what comes again in other work a day after anything was told of it, or in the
 * same work a week after, is told with its evidence first and, in other work, as the alert's subject, so that
 * who answers acts on what happens now. Else an old alert that nobody looked at would hide the attack that does
 * the same. Where a rule says that each further work leads (`renews`), it does at once from `high` on, and of what is so of
 * all the agent's work, or tokens, at once however grave, each once a day (`led-work.ts`). Postures are told once: they say what is so, not what happens.
 *
 * Who leads is told of: its words stand, and where an earlier completion was graver, that one's behind them. A sentence
 * about a call of last week's task would be untrue of the task that is the subject now, as "for the first time" is of
 * what came before. What goes on on another day is told with its evidence
 * first and in the words of that day, in the same work too, and also where a first call was graver. A call that is
 * graver than the one its words are of is told in its own: an attempt that failed must not stand for what succeeded since.
 *
 * Of an amount the words are told anew when it is twice what was said last, and with whatever else the alert is told
 * for. What doubles next, the count or an amount, is held against that revision: one growth that shows in all of them
 * is one series of revisions.
 */
import {
  type Alert,
  type Assurance,
  assuranceAtLeast,
  epochMs,
  type Severity,
  severityAtLeast,
} from '@waywarden/schemas';
import type { FacetAlarm, FacetScore, Same } from '../facets/facet.ts';
import { shorten } from '../short-text.ts';
import type { Spent } from './alert-budget.ts';
import { confidenceFields, confidenceNotes, statedReasons } from './alert-confidence.ts';
import { withEvidence } from './alert-evidence.ts';
import { sameOf } from './found.ts';
import { isOtherWork, isToLead, type Led } from './led-work.ts';
import { type Said, timesSaid } from './said-revisions.ts';
import { isStatistical } from './statistical-kind.ts';

/** Since anything was told of it: until then further work only raises the count. */
const AFRESH_IN_OTHER_WORK_MS = 86_400_000;
const AFRESH_MS = 7 * AFRESH_IN_OTHER_WORK_MS;

export interface Tracked {
  readonly alert: Alert;
  readonly emittedCount: number;
  /** Listed and not queued: as which one it was held back. */
  readonly held?: number;
  /** For want of what; left out (as in what earlier versions kept): the tenant's budget. */
  readonly spent?: Spent;
  /** Listed and not queued, because it is part of an alert about what agents have in common: its id. */
  readonly part?: string;
  /** It is so because its tool was given to many (`roll-out.ts`). */
  readonly isRolledOut?: true;
  /** Where that alert is kept, and how far from the usual one of its parts is at most before it is looked at again. */
  readonly cause?: readonly [key: string, most: number];
  /** Its cause ended, and it alarms anew: since when it waits for the others, and how well its agent was proven. */
  readonly waits?: { readonly ms: number; readonly assurance: Assurance };
  /** It is no part of what was told of the same at the same time: that, in words. */
  readonly apart?: string;
  /** What it was told of, as `likeness.ts` names it, and how many times the usual at most. */
  readonly likes?: readonly string[];
  readonly times?: number;
  /** How much was observed when it was told last, of an alarm that says so. */
  readonly amount?: number;
  /** What it is about, by print, and the largest amount of each; left out: of no statistical alert. */
  readonly same?: Same;
  /** Up to how much it was told of, by revision (`said-revisions.ts`). */
  readonly said?: Said;
  /** It was found wrong: what goes beyond is an alert of its own. */
  readonly isAnswered?: true;
  /** Of which day it was told last, of an alarm that may go on for days. */
  readonly day?: number;
  /** How grave the call is that its words are of, where that is less than the alert. */
  readonly worded?: Severity;
  /** Which work led it today, where more than one did. */
  readonly led?: Led;
}

/** Whether it comes again so long after it was told that whoever looked then knows nothing of it. */
export function isAfresh(open: Alert, fresh: Alert, { isStanding = false }: FacetAlarm): boolean {
  if (open.posture === true || fresh.posture === true) return false;
  const since = epochMs(fresh.detected_at) - epochMs(open.detected_at);
  const isOther = isOtherWork(open, fresh) && !isStanding;
  return since >= (isOther ? AFRESH_IN_OTHER_WORK_MS : AFRESH_MS);
}

/** Whether it goes on on another day: whoever looks at the alert must see what is so today. */
function isLaterDay({ day: told }: Tracked, { day }: FacetAlarm): boolean {
  return told !== undefined && day !== undefined && day > told;
}

/** Whether it is of anything else than the subject, whose place the latest takes where the alert is told anyway. */
function isOther(open: Alert, fresh: Alert, { renews }: FacetAlarm): boolean {
  const isOtherToken = open.subject.credential_uid !== fresh.subject.credential_uid;
  return isOtherWork(open, fresh) || (renews === 'token' && isOtherToken);
}

/** How many times as much is observed as was told, of what there is most more. */
function timesTold(known: Tracked, alarm: FacetAlarm): number {
  const { amount: told } = known;
  const { amount = 0 } = alarm;
  // Of nothing that was told, anything is more than twice as much.
  const times = told === undefined || amount === 0 ? 1 : amount / told;
  return isStatistical(alarm.kind) ? Math.max(times, timesSaid(known, sameOf(alarm))) : times;
}

/** Whether the text would give a number that is past: half of what there is, or less than that in what is told anyway. */
function isMoreThanTold(known: Tracked, alarm: FacetAlarm, isAnyway: boolean): boolean {
  const times = timesTold(known, alarm);
  return times >= 2 || (isAnyway && times > 1);
}

/** Whether it has come to twice as many completions as were told. */
export function hasTwiceTheCount({ alert, emittedCount }: Tracked): boolean {
  return alert.count + 1 >= emittedCount * 2;
}

/** Whether the title, where it names an amount, would name one that is past. */
function isLarger({ amount: told }: Tracked, { amount }: FacetAlarm): boolean {
  return told !== undefined && amount !== undefined && amount > told;
}

/** Whether its words are of a call that is less grave than this one. */
function isBeyondWords({ worded }: Tracked, { severity }: Alert): boolean {
  return worded !== undefined && worded !== severity && severityAtLeast(severity, worded);
}

/** How grave the call is that the words are of from now on, where that is less than the alert. */
export function wordedWith(known: Tracked, fresh: Alert, merged: Alert): Severity | undefined {
  if (merged.summary === known.alert.summary) return known.worded;
  return fresh.severity === merged.severity ? undefined : fresh.severity;
}

function later(a: string, b: string): string {
  if (a < b) return b;
  return a;
}

/**
 * Sources of the completion that decides: who proves it, makes it graver or brings it up in other work. Not of
 * all: who could add a completion to everybody's alerts would have them all share one source's budget.
 */
function withSources(open: Alert, sources: Alert['sources']): Alert {
  if (sources === open.sources) return open;
  const { sources: _, ...rest } = open;
  return sources === undefined ? rest : { ...rest, sources };
}

/**
 * From here on an answer may follow by itself, and each further piece of work needs its own. Below, further work is
 * a duplicate: it is counted, and leads when the alert is told anew.
 */
const isActedOn = ({ severity }: Alert) => severityAtLeast(severity, 'high');

/** Whether its words are of one call: not of an amount, nor of a case that stands with its text. */
const hasOwnWords = ({ retells, amount }: FacetAlarm) => retells !== false && amount === undefined;

/** Of what was graver; with the summary before it it stays a text of the wire. */
const GRAVER_LENGTH_MAX = 600;

/** What is said of the work that leads; where an earlier completion was graver, that one is said behind it. */
function wordsOfLess(open: Alert, fresh: Alert): string {
  const [graver] = open.reasons;
  if (graver === undefined) return fresh.summary;
  return `${fresh.summary} Graver before: ${shorten(graver.text, GRAVER_LENGTH_MAX)}`;
}

interface Completion {
  readonly fresh: Alert;
  readonly score: FacetScore;
  readonly alarm: FacetAlarm;
  /** It comes again after whoever looked at it is done: `isAfresh`, or those fell silent of whom it was part. */
  readonly isAgain: boolean;
}

/** Folds a further completion into an open alert; worse findings replace the wording, retold ones, and what leads. */
export function merge(tracked: Tracked, { fresh, score, alarm, isAgain }: Completion): Alert {
  const open = tracked.alert;
  const { retells, renews = false } = alarm;
  const isAsGrave = severityAtLeast(fresh.severity, open.severity);
  const worse = isAsGrave && fresh.severity !== open.severity;
  const isLater = isLaterDay(tracked, alarm);
  // The alert is as strong as its strongest completion; what is not proven at all is another alert (`alert-track.ts`).
  const stronger =
    fresh.decisive_assurance !== undefined &&
    open.decisive_assurance !== undefined &&
    !assuranceAtLeast(open.decisive_assurance, fresh.decisive_assurance);
  // What came to it while all was heard can be judged, whatever was missing before.
  const isClear = fresh.evaluable && !open.evaluable;
  const isAnyway = stronger || isClear || isAgain || hasTwiceTheCount(tracked);
  const isOfNow =
    isLater || isMoreThanTold(tracked, alarm, isAnyway) || isBeyondWords(tracked, fresh);
  const isRetold = (retells === true || isOfNow) && isAsGrave && fresh.summary !== open.summary;
  const added = fresh.evidence.filter(
    ({ event_id: id }) => !open.evidence.some((known) => known.event_id === id),
  );
  const isTold = worse || isRetold || stronger || hasTwiceTheCount(tracked);
  const isDue = typeof renews === 'string' || isActedOn(open);
  const isAnew = isAgain || isLater || (renews !== false && isTold);
  const isRenewed =
    (isAnew && isOther(open, fresh, alarm)) ||
    (renews !== false && isDue && isToLead(tracked, fresh, renews));
  const leads = stronger || isRenewed || isAgain || isLater;
  const isOfLeader = leads && hasOwnWords(alarm);
  const isReworded = worse || isRetold || (isOfLeader && isAsGrave);
  const merged: { -readonly [K in keyof Alert]: Alert[K] } = {
    ...(leads || worse ? withSources(open, fresh.sources) : open),
  };
  if (isRenewed) merged.subject = fresh.subject;
  if (isReworded) {
    merged.severity = fresh.severity;
    merged.title = fresh.title;
    merged.summary = fresh.summary;
  } else if (!isAsGrave && (isOfLeader || (isOfNow && retells !== false))) {
    merged.summary = wordsOfLess(open, fresh);
    if (isLarger(tracked, alarm)) merged.title = fresh.title;
  }
  if (isReworded || isClear) {
    merged.reasons = [...statedReasons(score.reasons), ...fresh.reasons];
    Object.assign(merged, confidenceFields(score.reasons, alarm.basis));
    if (fresh.baseline !== undefined) merged.baseline = fresh.baseline;
    merged.evaluable = fresh.evaluable;
    merged.not_visible = [...fresh.not_visible, ...confidenceNotes(score.reasons)];
  }
  merged.count = open.count + 1;
  merged.score = Math.max(open.score, fresh.score);
  merged.evidence = withEvidence(open.evidence, added, leads);
  merged.last_event_time = later(open.last_event_time, fresh.last_event_time);
  if (stronger) merged.decisive_assurance = fresh.decisive_assurance;
  return merged;
}
