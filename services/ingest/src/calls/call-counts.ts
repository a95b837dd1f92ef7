/** What the joins of all sources say of themselves, together with those that were forgotten. */
import type { JoinCounts } from '@waywarden/agent-telemetry';

interface Counted {
  readonly counts: JoinCounts;
}

const NOTHING: JoinCounts = { held: 0, concluded: 0, evicted: 0, late: 0, unresolved: {} };

function sum(one: JoinCounts, other: JoinCounts): JoinCounts {
  const unresolved = { ...one.unresolved };
  for (const [reason, count] of Object.entries(other.unresolved)) {
    unresolved[reason] = (unresolved[reason] ?? 0) + count;
  }
  return {
    held: one.held + other.held,
    concluded: one.concluded + other.concluded,
    evicted: one.evicted + other.evicted,
    late: one.late + other.late,
    unresolved,
  };
}

export class CallCounts {
  #kept: JoinCounts = NOTHING;
  #living: () => Iterable<Counted> = () => [];

  watch(living: () => Iterable<Counted>): void {
    this.#living = living;
  }

  keep({ counts }: Counted): void {
    this.#kept = sum(this.#kept, { ...counts, held: 0 });
  }

  get held(): number {
    let held = 0;
    for (const { counts } of this.#living()) held += counts.held;
    return held;
  }

  get all(): JoinCounts {
    let all = this.#kept;
    for (const { counts } of this.#living()) all = sum(all, counts);
    return all;
  }
}
