/**
 * All alerts that the log keeps, each with what people did about it and whether a suppression hides it. Fed in any
 * order: acts of an alert that is not known yet wait for it. Bounded; beyond the bound those go that nobody has to
 * look at any more, the oldest first, and the number of them is told.
 */
import { type Alert, epochMs, type TriageAct } from '@waywarden/schemas';
import { type AlertRow, type AlertWork, alertRow, fold, type LogPlace } from './alert-row.ts';
import {
  type AlertTriage,
  applyChange,
  type EffectiveState,
  triageState,
  UNTOUCHED,
} from './alert-triage.ts';
import { isRuleAct, type ProposedRules, proposalsAfter } from './rule-proposals.ts';
import {
  type Rise,
  risesAfter,
  SUPPRESSIONS_MAX,
  type Suppression,
  suppressedBy,
  suppressionOf,
} from './suppression.ts';
import { type TuningState, tuningsAfter } from './tunings.ts';

/** Alerts that a list reaches; about 1 KB each. */
export const BOARD_ALERTS_MAX = 200_000;
/** Alerts that were acted on and did not come (yet). */
const WAITING_MAX = 20_000;
const ACTS_REMEMBERED_MAX = 100_000;

export interface BoardEntry {
  readonly row: AlertRow;
  readonly work: AlertWork | undefined;
  readonly triage: AlertTriage;
  readonly state: EffectiveState;
  readonly reopened: boolean;
  /** Since when evidence has it open again; 0: it has not. */
  readonly reopenedMs: number;
  readonly suppression: Suppression | undefined;
  readonly rises: readonly Rise[];
  /** Of the last act; 0: nobody has done anything. */
  readonly updatedMs: number;
  /** Folded: notes, tags and people, for full-text search. */
  readonly noted: string;
}

const LEAVES_FIRST: Readonly<Record<EffectiveState, number>> = {
  withdrawn: 0,
  closed: 1,
  suppressed: 2,
  new: 3,
  in_progress: 3,
};

function noteText({ notes, tags, assignee, caseLink, closed }: AlertTriage): string {
  if (notes.length === 0 && tags.length === 0 && assignee === null && closed === null) return '';
  const words = [...notes.flatMap((one) => [one.by, one.text]), ...tags, assignee ?? ''];
  return fold([...words, caseLink ?? '', closed?.reason ?? '', closed?.by ?? ''].join('\n'));
}

export class TriageBoard {
  readonly #max: number;
  readonly #entries = new Map<string, BoardEntry>();
  readonly #waiting = new Map<string, AlertTriage>();
  readonly #suppressions = new Map<string, Suppression>();
  #tunings: ReadonlyMap<string, TuningState> = new Map();
  #proposals: ReadonlyMap<string, ProposedRules> = new Map();
  readonly #acts = new Set<string>();
  #left = 0;

  constructor(alertsMax: number = BOARD_ALERTS_MAX) {
    this.#max = alertsMax;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Alerts that were dropped because there were too many. */
  get left(): number {
    return this.#left;
  }

  entry(id: string): BoardEntry | undefined {
    return this.#entries.get(id);
  }

  entries(): IterableIterator<BoardEntry> {
    return this.#entries.values();
  }

  suppressions(): readonly Suppression[] {
    return [...this.#suppressions.values()];
  }

  /** Changes of rules that somebody accepted, the newest last. */
  tunings(): readonly TuningState[] {
    return [...this.#tunings.values()];
  }

  /** Registries and policies that somebody proposed, the newest last. */
  proposals(): readonly ProposedRules[] {
    return [...this.#proposals.values()];
  }

  takeAlert(alert: Alert, place: LogPlace): AlertRow {
    const before = this.#entries.get(alert.alert_id);
    if (before !== undefined && before.row.facts.revision >= alert.revision) return before.row;
    const row = alertRow(alert, place);
    const triage = before?.triage ?? this.#waiting.get(row.id) ?? UNTOUCHED;
    this.#waiting.delete(row.id);
    this.#put(row, before?.work, triage);
    if (this.#entries.size > this.#max + this.#slack()) this.#shrink();
    return row;
  }

  takeWork(id: string, work: AlertWork): void {
    const before = this.#entries.get(id);
    if (before !== undefined) this.#put(before.row, work, before.triage);
  }

  /** False: it was taken before. */
  takeAct(act: TriageAct): boolean {
    if (this.#acts.has(act.act_id)) return false;
    this.#acts.add(act.act_id);
    if (this.#acts.size > ACTS_REMEMBERED_MAX) {
      for (const oldest of this.#acts) {
        this.#acts.delete(oldest);
        break;
      }
    }
    this.#tunings = tuningsAfter(this.#tunings, act);
    this.#proposals = proposalsAfter(this.#proposals, act);
    if (isRuleAct(act.act)) return true;
    if (act.act === 'change') this.#change(act);
    else this.#suppress(act);
    return true;
  }

  #change(act: TriageAct): void {
    for (const { alert_id: id } of act.alerts ?? []) {
      const entry = this.#entries.get(id);
      const triage = applyChange(entry?.triage ?? this.#waiting.get(id) ?? UNTOUCHED, act, id);
      if (entry !== undefined) this.#put(entry.row, entry.work, triage);
      else if (this.#waiting.size < WAITING_MAX) this.#waiting.set(id, triage);
    }
  }

  #suppress(act: TriageAct): void {
    const given = suppressionOf(act);
    const ended = this.#suppressions.get(act.suppression_id ?? '');
    if (given !== undefined && ended === undefined) {
      if (this.#suppressions.size >= SUPPRESSIONS_MAX) this.#forgetOldest();
      this.#suppressions.set(given.id, given);
    } else if (act.act === 'unsuppress' && ended !== undefined && ended.endedAt === null) {
      this.#suppressions.set(ended.id, { ...ended, endedAt: act.at, endedBy: act.by });
    } else return;
    for (const { row, work, triage } of [...this.#entries.values()]) this.#put(row, work, triage);
  }

  /** The one that ended first: what it hid was raised long ago. */
  #forgetOldest(): void {
    const end = (one: Suppression) => epochMs(one.endedAt ?? one.expires);
    const [oldest] = this.suppressions().toSorted((a, b) => end(a) - end(b));
    if (oldest !== undefined) this.#suppressions.delete(oldest.id);
  }

  /** False while a suppression by tool or workflow could still hide it: the store is asked for those. */
  isPlaced(alertId: string): boolean {
    const entry = this.#entries.get(alertId);
    if (entry?.work !== undefined || entry?.row.evidenceIds.length === 0) return true;
    const detected = entry?.row.times.detected ?? 0;
    return ![...this.#suppressions.values()].some(
      ({ scope: { tool, workflow }, endedAt, expires }) =>
        endedAt === null &&
        detected < epochMs(expires) &&
        (tool !== undefined || workflow !== undefined),
    );
  }

  #put(row: AlertRow, work: AlertWork | undefined, triage: AlertTriage): void {
    const { state, reopened } = triageState(row, triage);
    const before = this.#entries.get(row.id);
    const rises = risesAfter(before?.rises ?? [], row);
    // Who has taken it goes on seeing it.
    const suppression =
      state === 'new' ? suppressedBy(row, { work, rises }, this.#suppressions.values()) : undefined;
    const since = before?.reopened === true ? before.reopenedMs : row.times.detected;
    this.#entries.set(row.id, {
      row,
      work,
      triage,
      state: suppression === undefined ? state : 'suppressed',
      reopened,
      reopenedMs: reopened ? since : 0,
      suppression,
      rises,
      updatedMs: triage.updatedAt === '' ? 0 : epochMs(triage.updatedAt),
      noted: noteText(triage),
    });
  }

  #slack(): number {
    return Math.max(1, Math.floor(this.#max / 100));
  }

  #shrink(): void {
    const order = [...this.#entries.values()].sort(
      (a, b) =>
        LEAVES_FIRST[a.state] - LEAVES_FIRST[b.state] ||
        a.row.times.detected - b.row.times.detected,
    );
    for (const { row } of order.slice(0, this.#entries.size - this.#max)) {
      this.#entries.delete(row.id);
      this.#left += 1;
    }
  }
}
