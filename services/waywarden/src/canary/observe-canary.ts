import type { ServiceHealth } from '@waywarden/service-health';
import { type CanaryState, canaryReport, PROOFS } from './canary-state.ts';

export function observeCanary(
  { metrics, readiness }: ServiceHealth,
  state: () => CanaryState,
  nowMs: () => number,
): void {
  const report = () => canaryReport(state(), nowMs());
  metrics.observe('waywarden_canary_missing', () => [
    { labels: {}, value: report().state === 'missing' ? 1 : 0 },
  ]);
  metrics.observe('waywarden_canary_part_missing', () => {
    const { missing } = report();
    return PROOFS.map((part) => ({ labels: { part }, value: missing.includes(part) ? 1 : 0 }));
  });
  metrics.observe('waywarden_canary_last_success_timestamp_seconds', () => [
    { labels: {}, value: Math.floor((state().aliveMs ?? 0) / 1000) },
  ]);
  readiness.check('canary', () => {
    const { state: known, sentence } = report();
    const since = state().missingSinceMs;
    return known === 'missing'
      ? {
          reason: 'canary_missing',
          sentence,
          ...(since === undefined ? {} : { sinceMs: since }),
        }
      : undefined;
  });
}
