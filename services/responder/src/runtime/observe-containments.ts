/**
 * How long containment takes, as histograms: from a command until every required receiver had
 * applied it, and from there to the first call of its subject that was denied. Each command counts
 * once in each, when it is first seen to have got so far.
 */
import { CANARY_TENANT } from '@waywarden/schemas';
import type { ServiceMetrics } from '@waywarden/service-health';
import type { KnownContainment } from './containments.ts';
import type { Responder } from './start-responder.ts';

/** Commands looked at for each scrape; of more, the newest. */
const LOOKED_AT_MAX = 1_000;
/** Commands remembered as counted; above it the oldest are forgotten, and were long ended. */
const COUNTED_MAX = 100_000;
const APPLIED = 'waywarden_containment_command_to_applied_seconds';
const DENIED = 'waywarden_containment_applied_to_denial_seconds';

class Counted {
  readonly #ids = new Set<string>();

  /** False when it was counted before. */
  add(id: string): boolean {
    if (this.#ids.has(id)) return false;
    this.#ids.add(id);
    const [oldest] = this.#ids;
    if (this.#ids.size > COUNTED_MAX && oldest !== undefined) this.#ids.delete(oldest);
    return true;
  }
}

/** `known`: what is known of commands now. */
export function timeContainments(
  metrics: ServiceMetrics,
  known: () => Iterable<KnownContainment>,
): void {
  const applied = new Counted();
  const denied = new Counted();
  const time = (name: typeof APPLIED | typeof DENIED, ms: number) =>
    metrics.time(name, {}, Math.max(0, ms) / 1000);
  metrics.declare(APPLIED, DENIED);
  metrics.beforeScrape(() => {
    for (const { command, issued, appliedMs, proof } of known()) {
      const { command_id: id } = command;
      if (appliedMs === null) continue;
      if (applied.add(id)) time(APPLIED, appliedMs - issued.issuedMs);
      if (proof.denied !== undefined && denied.add(id)) time(DENIED, proof.denied.atMs - appliedMs);
    }
  });
}

/** A command about made-up agents is no containment. */
export function observeContainments(
  metrics: ServiceMetrics,
  { containments }: Pick<Responder, 'containments'>,
  nowMs: () => number,
): void {
  timeContainments(metrics, () =>
    containments.newest(LOOKED_AT_MAX, nowMs(), { but: CANARY_TENANT }),
  );
}
