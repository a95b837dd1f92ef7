/** What the assembly stage follows, as metrics. */
import { TOPICS } from '@waywarden/schemas';
import type { ServiceMetrics } from '@waywarden/service-health';
import { assemblyCounters } from './core/correlation/assembly/model/stage-counters.ts';
import type { Detector } from './start-detector.ts';

export function observeAssembly(
  metrics: ServiceMetrics,
  { assembly }: Pick<Detector, 'assembly'>,
): void {
  const each = (value: (counters: ReturnType<typeof assemblyCounters>) => number) => () =>
    assembly.states(TOPICS.privilegeSteps.name).map(([partition, state]) => ({
      labels: { partition: String(partition) },
      value: value(assemblyCounters(state)),
    }));
  metrics.observe(
    'waywarden_assembly_chains_open',
    each(({ chains }) => chains),
  );
  metrics.observe(
    'waywarden_assembly_chains_evicted_total',
    each(({ chainsEvicted }) => chainsEvicted),
  );
  metrics.observe(
    'waywarden_assembly_gaps',
    each(({ gaps = 0 }) => gaps),
  );
  metrics.observe(
    'waywarden_assembly_unseen_values_total',
    each(({ unseen = 0 }) => unseen),
  );
}
