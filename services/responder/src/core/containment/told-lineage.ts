/**
 * Which facts of lineage the journal was told, so that each is told once while it is new and then only
 * now and again while the work goes on: a task that is no longer heard of has ended or is idle.
 *
 * In memory, in two generations: what was forgotten, by age or by a restart, is told once more, which
 * changes nothing, since facts are merged and not counted.
 */
import { epochMs, type LineageFact } from '@waywarden/schemas';
import { lineageKey } from '../model/lineage-fact.ts';
import { LINEAGE_TOLD_EVERY_MS } from '../model/merge-holder.ts';

/** Facts remembered of each generation. */
const TOLD_MAX = 50_000;

export class ToldLineage {
  #now = new Map<string, number>();
  #before = new Map<string, number>();

  isNew(fact: LineageFact): boolean {
    const key = lineageKey(fact);
    const atMs = epochMs(fact.event_time);
    const toldMs = this.#now.get(key) ?? this.#before.get(key);
    if (toldMs !== undefined && atMs - toldMs < LINEAGE_TOLD_EVERY_MS) return false;
    if (this.#now.size >= TOLD_MAX) {
      this.#before = this.#now;
      this.#now = new Map();
    }
    this.#now.set(key, atMs);
    return true;
  }
}
