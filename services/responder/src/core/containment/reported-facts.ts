/** Lineage facts told to the journal, in two generations; repeats are merged. */
import { type AuditEvent, epochMs, type LineageFact } from '@waywarden/schemas';
import type { Output } from '@waywarden/stage';
import { LINEAGE_REPORTED_EVERY_MS } from '../model/holder.ts';
import { toJournal } from '../model/journal-output.ts';
import { lineageKey, lineageOf } from '../model/lineage-fact.ts';
import { taskEndOf } from '../model/watched-subject.ts';

const REPORTED_MAX = 50_000;

export class ReportedLineage {
  #now = new Map<string, number>();
  #before = new Map<string, number>();

  isNew(fact: LineageFact): boolean {
    const key = lineageKey(fact);
    const atMs = epochMs(fact.event_time);
    const reportedMs = this.#now.get(key) ?? this.#before.get(key);
    if (reportedMs !== undefined && atMs - reportedMs < LINEAGE_REPORTED_EVERY_MS) return false;
    if (this.#now.size >= REPORTED_MAX) {
      this.#before = this.#now;
      this.#now = new Map();
    }
    this.#now.set(key, atMs);
    return true;
  }
}

export function reportedOf(event: AuditEvent, reported: ReportedLineage): readonly Output[] {
  const { event_id: id, event_time: time } = event;
  const end = taskEndOf(event);
  if (end !== undefined)
    return [toJournal({ kind: 'task_end', task_end: end }, `task_end|${id}`, time)];
  const lineage = lineageOf(event);
  if (lineage === undefined || !reported.isNew(lineage)) return [];
  return [toJournal({ kind: 'lineage', lineage }, `lineage|${id}`, time)];
}
