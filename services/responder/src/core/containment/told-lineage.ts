/** Lineage facts told to the journal, in two generations; repeats are merged. */
import { epochMs, type LineageFact } from '@waywarden/schemas';
import { LINEAGE_REPORTED_EVERY_MS } from '../model/holder.ts';
import { lineageKey } from '../model/lineage-fact.ts';

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
