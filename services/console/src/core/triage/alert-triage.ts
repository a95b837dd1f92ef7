/**
 * What people did about one alert, folded from their acts: state, assignee, notes, tags and who changed what. Whether a
 * closed alert is open again follows from the alert and its last close alone, so the order in which the two topics
 * are read changes nothing.
 */
import {
  type Classification,
  epochMs,
  severityAtLeast,
  type TriageAct,
  type TriageState,
} from '@waywarden/schemas';
import type { AlertRow } from './alert-row.ts';

export const NOTES_MAX = 200;
export const TAGS_MAX = 32;
export const RELATED_MAX = 64;
/** Changes that are shown of an alert; older ones stay in the log. */
const HISTORY_MAX = 100;

interface Note {
  readonly by: string;
  readonly at: string;
  readonly text: string;
}

/** One act, in the order of the log. */
export interface HistoryEntry {
  readonly act_id: string;
  readonly by: string;
  readonly at: string;
  readonly what: readonly string[];
  readonly reason: string;
}

export interface Closed {
  readonly classification: Classification;
  readonly duplicateOf: string | null;
  readonly reason: string;
  readonly by: string;
  readonly at: string;
  /** What its author saw. */
  readonly revision: number;
  readonly count: number;
  readonly severity: AlertRow['facts']['severity'];
  readonly lastEventTime: string;
}

export interface AlertTriage {
  readonly state: TriageState;
  readonly closed: Closed | null;
  readonly assignee: string | null;
  readonly tags: readonly string[];
  readonly notes: readonly Note[];
  readonly related: readonly string[];
  readonly caseLink: string | null;
  readonly history: readonly HistoryEntry[];
  readonly updatedAt: string;
  /** Of the first act; empty: nobody has done anything. */
  readonly touchedAt: string;
  /** When somebody last opened it again, or took it after evidence had; empty: never. */
  readonly reopenedAt: string;
}

export const UNTOUCHED: AlertTriage = {
  state: 'new',
  closed: null,
  assignee: null,
  tags: [],
  notes: [],
  related: [],
  caseLink: null,
  history: [],
  updatedAt: '',
  touchedAt: '',
  reopenedAt: '',
};

export type EffectiveState = TriageState | 'withdrawn' | 'suppressed';
export const EFFECTIVE_STATES = [
  'new',
  'in_progress',
  'closed',
  'withdrawn',
  'suppressed',
] as const;

/** More of the same, later or graver, than whoever closed it saw. */
export function hasNewEvidence({ facts }: Pick<AlertRow, 'facts'>, closed: Closed): boolean {
  if (facts.state !== 'open' || facts.revision <= closed.revision) return false;
  return (
    facts.count > closed.count ||
    !severityAtLeast(closed.severity, facts.severity) ||
    epochMs(facts.last_event_time) > epochMs(closed.lastEventTime)
  );
}

/** Without suppressions, which are of many alerts. */
export function triageState(
  row: Pick<AlertRow, 'facts'>,
  { state, closed }: Pick<AlertTriage, 'state' | 'closed'>,
): { readonly state: Exclude<EffectiveState, 'suppressed'>; readonly reopened: boolean } {
  if (state === 'closed' && closed !== null) {
    const reopened = hasNewEvidence(row, closed);
    return { state: reopened ? 'new' : 'closed', reopened };
  }
  return { state: row.facts.state === 'withdrawn' ? 'withdrawn' : state, reopened: false };
}

const merged = (
  before: readonly string[],
  add: readonly string[] = [],
  remove: readonly string[] = [],
): readonly string[] => [...new Set([...before, ...add])].filter((one) => !remove.includes(one));

const QUOTE_LENGTH_MAX = 80;
const listed = (what: string, values: readonly string[] | undefined): readonly string[] =>
  values === undefined || values.length === 0 ? [] : [`${what} ${values.join(', ')}`];

/** What an act did, as lines of the history. */
export function changeWords({ change = {} }: Pick<TriageAct, 'change'>): readonly string[] {
  const { state, classification, duplicate_of: of, assignee, note, case_link: link } = change;
  const closing = classification === undefined ? '' : ` as ${classification.replaceAll('_', ' ')}`;
  return [
    ...(state === undefined
      ? []
      : [state === 'closed' ? `closed${closing}` : `set to ${state.replaceAll('_', ' ')}`]),
    ...(of === undefined ? [] : [`duplicate of ${of}`]),
    ...(assignee === undefined
      ? []
      : [assignee === null ? 'unassigned' : `assigned to ${assignee}`]),
    ...(note === undefined ? [] : [`noted "${note.slice(0, QUOTE_LENGTH_MAX)}"`]),
    ...listed('tagged', change.tags_add),
    ...listed('removed tags', change.tags_remove),
    ...listed('related', change.related_add),
    ...listed('no longer related', change.related_remove),
    ...(link === undefined ? [] : [link === null ? 'case link removed' : `case ${link}`]),
    ...(change.tuning === undefined
      ? []
      : [`${change.tuning.state} a change of rules: ${change.tuning.what}`]),
  ];
}

/** What somebody else did since `by` saw `lastAct` as the last act; undefined: nothing, or it was not looked at. */
export function actedSince(
  { history }: Pick<AlertTriage, 'history'>,
  { by, lastAct }: { readonly by: string; readonly lastAct: string | null | undefined },
): string | undefined {
  const last = history.at(-1);
  if (lastAct === undefined || last === undefined) return undefined;
  if (last.act_id === lastAct || last.by === by) return undefined;
  return `${last.by} ${last.what.join(', ')} at ${last.at}, since you looked`;
}

function closedBy(act: TriageAct, alertId: string): Closed | null {
  const { change } = act;
  const seen = act.alerts?.find((one) => one.alert_id === alertId);
  if (change?.classification === undefined || seen === undefined) return null;
  return {
    classification: change.classification,
    duplicateOf: change.duplicate_of ?? null,
    ...{ reason: act.reason, by: act.by, at: act.at },
    ...{ revision: seen.revision, count: seen.count, severity: seen.severity },
    lastEventTime: seen.last_event_time,
  };
}

/** The alert's triage after the act, which names it. */
export function applyChange(before: AlertTriage, act: TriageAct, alertId: string): AlertTriage {
  const { change = {}, by, at, act_id, reason } = act;
  const { note } = change;
  const state = change.state ?? before.state;
  const closed =
    change.state === undefined
      ? before.closed
      : change.state === 'closed'
        ? closedBy(act, alertId)
        : null;
  const entry = { act_id, by, at, what: changeWords(act), reason };
  return {
    state: state === 'closed' && closed === null ? before.state : state,
    closed,
    assignee: change.assignee === undefined ? before.assignee : change.assignee,
    tags: merged(before.tags, change.tags_add, change.tags_remove).slice(0, TAGS_MAX),
    notes:
      note === undefined
        ? before.notes
        : [...before.notes, { by, at, text: note }].slice(0, NOTES_MAX),
    related: merged(before.related, change.related_add, change.related_remove).slice(
      0,
      RELATED_MAX,
    ),
    caseLink: change.case_link === undefined ? before.caseLink : change.case_link,
    history: [...before.history, entry].slice(-HISTORY_MAX),
    updatedAt: at,
    touchedAt: before.touchedAt === '' ? at : before.touchedAt,
    reopenedAt: before.closed !== null && closed === null ? at : before.reopenedAt,
  };
}
