/**
 * Which agents a service was seen to run. A call whose run has not ended yet is, where the service has
 * only ever had one agent, most likely that one's; with two nothing is guessed.
 */
import { RecentMap } from '../json/recent-map.ts';
import type { Observation } from '../model/observation.ts';

const SERVICES_MAX = 2_000;

export class ServiceAgents {
  /** `null`: it has several. */
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
