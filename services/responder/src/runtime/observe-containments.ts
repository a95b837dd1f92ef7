/** Histograms of containment: command to applied, applied to first denial. Each counts once. */
import { CANARY_TENANT } from '@waywarden/schemas';
import type { ServiceMetrics } from '@waywarden/service-health';
import type { KnownContainment } from './containments.ts';
import type { Responder } from './start-responder.ts';

/** The newest. */
const LOOKED_AT_MAX = 1_000;
/** The oldest are forgotten. */
const COUNTED_MAX = 100_000;
const APPLIED = 'waywarden_containment_command_to_applied_seconds';
const DENIED = 'waywarden_containment_applied_to_denial_seconds';

class Counted {
  readonly #ids = new Set<string>();

  add(id: string): boolean {
    if (this.#ids.has(id)) return false;
    this.#ids.add(id);
    const [oldest] = this.#ids;
    if (this.#ids.size > COUNTED_MAX && oldest !== undefined) this.#ids.delete(oldest);
    return true;
  }
}

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

export function observeContainments(
  metrics: ServiceMetrics,
  { containments }: Pick<Responder, 'containments'>,
  nowMs: () => number,
): void {
  timeContainments(metrics, () =>
    containments.newest(LOOKED_AT_MAX, nowMs(), { but: CANARY_TENANT }),
  );
}
