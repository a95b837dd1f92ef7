/**
 * Profile and aggregate stages over memory, in as many partitions as a test wants, with what the sequencer does
 * between them: numbers, and every snapshot in every partition. Test code.
 */
import {
  type Alert,
  type AuditEvent,
  type BaselineSnapshot,
  policySchema,
  registrySchema,
  TOPICS,
} from '@waywarden/schemas';
import type { Output, StageRecord } from '@waywarden/stage';
import { decideAggregate } from '../stages/decide-aggregate.ts';
import { decideProfile } from '../stages/decide-profile.ts';
import { MapTransaction } from './map-draft.ts';

const hashOf = (text: string) => [...text].reduce((sum, one) => sum * 31 + one.charCodeAt(0), 7);

export interface PeerWorldOptions {
  readonly partitions?: number;
  readonly tenants?: readonly string[];
  readonly registry: unknown;
}

export class PeerWorld {
  readonly profiles: readonly MapTransaction[];
  readonly aggregates: readonly MapTransaction[];
  readonly alerts: Alert[] = [];
  readonly snapshots: BaselineSnapshot[] = [];
  #seq = 0;

  constructor({ partitions = 1, tenants = ['acme'], registry }: PeerWorldOptions) {
    this.profiles = Array.from({ length: partitions }, () => new MapTransaction());
    this.aggregates = Array.from({ length: partitions }, () => new MapTransaction());
    for (const tenant_id of tenants) {
      const of = { tenant_id, version: 'v1' };
      this.#toAll({ kind: 'policy', policy: policySchema.parse({ version: 1 }), ...of }, 'control');
      const parsed = registrySchema.parse(registry);
      this.#toAll({ kind: 'registry', registry: parsed, ...of }, 'control');
    }
  }

  /** A world that goes on from here, whatever is done to either: what is stored is never changed in place. */
  fork(): PeerWorld {
    const tenants: readonly string[] = [];
    const fork = new PeerWorld({ partitions: this.profiles.length, tenants, registry: undefined });
    for (const kind of ['profiles', 'aggregates'] as const) {
      this[kind].forEach(({ entries }, at) => {
        for (const [key, value] of entries) fork[kind][at]?.put(key, value);
      });
    }
    fork.alerts.push(...this.alerts);
    fork.snapshots.push(...this.snapshots);
    fork.#seq = this.#seq;
    return fork;
  }

  /** What these events raise; each agent's keep their order. */
  feed(events: readonly AuditEvent[]): readonly Alert[] {
    const before = this.alerts.length;
    for (const event of events) {
      const place = hashOf(`${event.tenant_id}|${event.agent.uid}`) % this.profiles.length;
      this.#profile(place, event, 'event');
    }
    return this.alerts.slice(before);
  }

  /** Time reaches every partition; snapshots that follow are in all of them. */
  pass(time: string): void {
    this.#toAll({ time }, 'watermark');
  }

  #toAll(value: object, type: StageRecord['type']): void {
    this.#seq += 1;
    this.profiles.forEach((_, at) => {
      this.#profile(at, { ...value, seq: this.#seq }, type);
    });
  }

  #profile(at: number, value: unknown, type: StageRecord['type']): void {
    const transaction = this.profiles[at] ?? new MapTransaction();
    for (const output of decideProfile(transaction, recordOf(value, type, at)))
      this.#take(output, at);
  }

  #take({ topic, key, type, value }: Output, from: number): void {
    if (topic === TOPICS.alerts.name) this.alerts.push(value as Alert);
    if (topic !== TOPICS.baselinePartials.name) return;
    this.aggregates.forEach((transaction, at) => {
      const isMeant = key === null || hashOf(key) % this.aggregates.length === at;
      if (!isMeant) return;
      for (const output of decideAggregate(transaction, recordOf(value, type, from))) {
        const snapshot = output.value as BaselineSnapshot;
        this.snapshots.push(snapshot);
        this.#toAll({ kind: 'baseline', ...snapshot }, 'control');
      }
    });
  }
}

function recordOf(value: unknown, type: StageRecord['type'], partition: number): StageRecord {
  const place = { topic: 'any', partition, offset: 0, key: null, source: `s/${partition}` };
  return { ...place, type, value };
}
