/**
 * The containment clock as histograms, for a scraper: from an order until every required receiver had applied
 * it, and from there to the first call of its subject that was denied. Each order counts once in each, when it is first seen to have got so
 * far; of orders that ended between two scrapes, what was not seen is not counted.
 */
import type { KnownContainment } from '@waywarden/responder';

const BOUNDS_S = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900] as const;
/** Orders remembered as counted; above it the oldest are forgotten, and were long ended. */
const COUNTED_MAX = 100_000;

class Histogram {
  readonly #name: string;
  readonly #buckets = BOUNDS_S.map(() => 0);
  readonly #counted = new Set<string>();
  #sum = 0;
  #count = 0;

  constructor(name: string) {
    this.#name = name;
  }

  observe(id: string, ms: number): void {
    if (this.#counted.has(id)) return;
    this.#counted.add(id);
    const [oldest] = this.#counted;
    if (this.#counted.size > COUNTED_MAX && oldest !== undefined) this.#counted.delete(oldest);
    const seconds = Math.max(0, ms / 1000);
    for (const [at, bound] of BOUNDS_S.entries()) {
      if (seconds <= bound) this.#buckets[at] = (this.#buckets[at] ?? 0) + 1;
    }
    this.#sum += seconds;
    this.#count++;
  }

  lines(): readonly string[] {
    return [
      `# TYPE ${this.#name} histogram`,
      ...BOUNDS_S.map((le, at) => `${this.#name}_bucket{le="${le}"} ${this.#buckets[at] ?? 0}`),
      `${this.#name}_bucket{le="+Inf"} ${this.#count}`,
      `${this.#name}_sum ${this.#sum}`,
      `${this.#name}_count ${this.#count}`,
    ];
  }
}

export class ContainmentClock {
  readonly #acknowledged = new Histogram('containment_order_to_applied_seconds');
  readonly #denied = new Histogram('containment_applied_to_denial_seconds');

  /** Takes in what is known now, and says all of it in Prometheus text. */
  exposition(known: Iterable<KnownContainment>): string {
    for (const { command, issued, appliedMs, proof } of known) {
      if (appliedMs === null) continue;
      this.#acknowledged.observe(command.command_id, appliedMs - issued.issuedMs);
      if (proof.denied === undefined) continue;
      this.#denied.observe(command.command_id, proof.denied.atMs - appliedMs);
    }
    return `${[...this.#acknowledged.lines(), ...this.#denied.lines()].join('\n')}\n`;
  }
}
