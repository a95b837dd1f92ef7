/** Which fault when: seeded, every kind at least once, kills spread over all services. */
import { type Random, shuffled } from '../../../services/waywarden/src/input/seeded-random.ts';

export type Fault =
  | { readonly kind: 'kill'; readonly service: string }
  | { readonly kind: 'freeze'; readonly service: string; readonly forMs: number }
  | { readonly kind: 'broker'; readonly forMs: number }
  | { readonly kind: 'store-away' | 'store-hung'; readonly forMs: number };

export interface PlanOptions {
  readonly services: readonly string[];
  readonly kills: number;
  readonly forMs: number;
}

const FROZEN = ['responder-1', 'responder-2', 'detector-1', 'detector-2'];
const BROKER_AWAY_MS = 3_000;

export function faultPlan(
  random: Random,
  { services, kills, forMs }: PlanOptions,
): readonly Fault[] {
  const freezes = FROZEN.map((service) => ({ kind: 'freeze' as const, service, forMs }));
  const others: Fault[] = [
    { kind: 'broker', forMs: BROKER_AWAY_MS },
    { kind: 'store-away', forMs },
    { kind: 'store-hung', forMs },
  ];
  const killed = Array.from({ length: kills }, (_, at) => ({
    kind: 'kill' as const,
    service: services[at % services.length] ?? '',
  }));
  return shuffled([...freezes, ...others, ...killed], random);
}
