/** Passes hooks on to Waywarden's `/v1/hooks`, as they came and in the background (delivery.ts). */
import { type DeliveryOptions, EventDelivery } from '../http/delivery.ts';
import type { PassedHook } from './hook-gate.ts';

export class HookForwarder {
  readonly #delivery: EventDelivery;

  constructor(options: DeliveryOptions) {
    const kind = { what: 'Hooks', type: 'application/json', batchMax: 1 };
    this.#delivery = new EventDelivery(options, kind);
  }

  pass({ payload, event, agent, deniedBy }: PassedHook): void {
    const query = new URLSearchParams();
    const fields = Object.entries({ event, agent, denied_by: deniedBy });
    for (const [name, value] of fields) if (value !== undefined) query.set(name, value);
    const path = query.size === 0 ? '/v1/hooks' : `/v1/hooks?${query}`;
    this.#delivery.add({ path, body: payload });
  }

  flush(withinMs?: number): Promise<void> {
    return this.#delivery.flush(withinMs);
  }
}
