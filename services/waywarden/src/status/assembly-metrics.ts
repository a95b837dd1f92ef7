/** What the assembly stage follows, for `/metrics`: gauges, so nothing here decides or alerts. */
import { assemblyCounters, type Detector } from '@waywarden/detector';
import { TOPICS } from '@waywarden/schemas';

export function assemblyMetrics({ assembly }: Pick<Detector, 'assembly'>): string {
  const lines = assembly.states(TOPICS.privilegeSteps.name).flatMap(([partition, state]) => {
    const { chains, chainsEvicted, gaps = 0, unseen = 0 } = assemblyCounters(state);
    const labels = `{partition="${partition}"}`;
    return [
      `assembly_chains_open${labels} ${chains}`,
      `assembly_chains_evicted_total${labels} ${chainsEvicted}`,
      `assembly_gaps${labels} ${gaps}`,
      `assembly_values_not_seen_total${labels} ${unseen}`,
    ];
  });
  return lines.map((line) => `${line}\n`).join('');
}
