/** The profile stage with a registry over memory: what tests of rules feed, and the alerts that come. Test code. */
import {
  type Alert,
  type AuditEvent,
  policySchema,
  registrySchema,
  TOPICS,
  type VerdictControl,
} from '@waywarden/schemas';
import type { StageRecord } from '@waywarden/stage';
import { decideProfile } from '../stages/decide-profile.ts';
import { MapTransaction } from './map-draft.ts';

export class ProfileWorld {
  readonly transaction = new MapTransaction();
  #seq = 0;

  constructor(registry?: unknown, policy: unknown = { version: 1 }) {
    const of = { tenant_id: 'acme', version: 'v1' };
    this.#control({ kind: 'policy', policy: policySchema.parse(policy), ...of });
    if (registry === undefined) return;
    this.#control({ kind: 'registry', registry: registrySchema.parse(registry), ...of });
  }

  /** The alert revisions that these events lead to. */
  feed(...events: readonly AuditEvent[]): readonly Alert[] {
    return events.flatMap((one) => this.#alerts(one, 'event'));
  }

  /** The same of the log's own time. */
  pass(time: string): readonly Alert[] {
    this.#seq += 1;
    return this.#alerts({ seq: this.#seq, time }, 'watermark');
  }

  /** What somebody found of an alert, as it comes out of the sequencer. */
  verdict(
    { tenant_id, alert_id, subject }: Alert,
    verdict: VerdictControl['verdict'],
    verdict_at = '2026-03-01T00:00:00.000000000Z',
    looked: Pick<VerdictControl, 'revision'> = {},
  ): void {
    const of = {
      tenant_id,
      alert_id,
      agent_uid: subject.agent_uid,
      verdict,
      verdict_at,
      ...looked,
    };
    this.#control({ kind: 'verdict', version: 'decision', ...of });
  }

  #control(value: object): void {
    this.#seq += 1;
    decideProfile(this.transaction, this.#record({ ...value, seq: this.#seq }, 'control'));
  }

  #alerts(value: unknown, type: StageRecord['type']): readonly Alert[] {
    return decideProfile(this.transaction, this.#record(value, type))
      .filter((output) => output.topic === TOPICS.alerts.name)
      .map((output) => output.value as Alert);
  }

  #record(value: unknown, type: StageRecord['type']): StageRecord {
    const topic = TOPICS.auditEvents.name;
    return { topic, partition: 0, offset: 0, key: null, type, value, source: 'audit/i/0' };
  }
}
