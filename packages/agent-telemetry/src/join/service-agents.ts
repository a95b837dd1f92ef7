/** Which agents a service runs: a single one is assumed for open runs, two never. */
import { RecentMap } from '../json/recent-map.ts';
import type { Observation } from '../model/observation.ts';

const SERVICES_MAX = 2_000;

export class ServiceAgents {
  /** `null`: several. */
  readonly #only = new RecentMap<string | null>(SERVICES_MAX);

  note({ isAgentRun, agent: run, service }: Observation): void {
    const agent = run?.name;
    if (isAgentRun !== true || agent === undefined || service === undefined) return;
    const known = this.#only.get(service);
    if (known === agent || known === null) return;
    this.#only.set(service, known === undefined ? agent : null);
  }

  only(service: string): string | undefined {
    return this.#only.get(service) ?? undefined;
  }
}
