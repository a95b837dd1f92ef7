/**
 * Which agents a service was seen to run. A call whose run has not ended yet is, where the service has
 * only ever had one agent, most likely that one's; with two nothing is guessed.
 */
const SERVICES_MAX = 2_000;

export class ServiceAgents {
  /** `null`: it has several. */
  readonly #only = new Map<string, string | null>();

  note(service: string, agent: string): void {
    const known = this.#only.get(service);
    if (known === agent || known === null) return;
    this.#only.set(service, known === undefined ? agent : null);
    const [oldest] = this.#only.keys();
    if (this.#only.size > SERVICES_MAX && oldest !== undefined) this.#only.delete(oldest);
  }

  only(service: string): string | undefined {
    return this.#only.get(service) ?? undefined;
  }
}
