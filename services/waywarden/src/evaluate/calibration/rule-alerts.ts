/**
 * How often rules, which claim no probability, alarm on benign streams: the profile stage itself decides on the same
 * events, under the stream's registry and the shipped policy, and its alerts are counted by the rule that was written.
 * What is only told where agents meet, or when time passes, is not decided here (`evaluate fleet` has that).
 */
import { decideProfile, RULES } from '@waywarden/detector';
import {
  type Alert,
  type AuditEvent,
  type Policy,
  type Registry,
  TOPICS,
} from '@waywarden/schemas';
import { MemoryDraft, type StageRecord } from '@waywarden/stage';

/** Rule ids that are not the name of their rule. */
const RULE_OF: Readonly<Record<string, string>> = {
  'agent-not-in-service': 'not-in-service',
  'approval-other-arguments': 'approval-bypass',
  'approval-refused': 'approval-bypass',
  'credential-expired': 'credential-age',
  'credential-over-age': 'credential-age',
  'credential-many-people': 'credential-bound',
  'credential-many-tasks': 'credential-bound',
  'credential-no-task': 'credential-bound',
  'outside-task-envelope': 'task-envelope',
  'rubber-stamp': 'approval-quality',
};

export const RULE_NAMES: readonly string[] = Object.keys(RULES).sort();

/** An alert of a rule; a revision of it has the same id. */
export interface RuleAlert {
  readonly rule: string;
  readonly id: string;
  /** Listed for reviews, not queued. */
  readonly isPosture: boolean;
}

export class RuleStage {
  readonly #draft = new MemoryDraft();
  #controls = 0;

  constructor(tenant: string, policy: Policy, registry: Registry | undefined) {
    const of = { tenant_id: tenant, version: 'v1' };
    this.#control({ kind: 'policy', policy, ...of });
    if (registry !== undefined) this.#control({ kind: 'registry', registry, ...of });
  }

  #decide(value: unknown, type: StageRecord['type']) {
    const topic = TOPICS.auditEvents.name;
    const at = { partition: 0, offset: this.#controls, key: null, source: 'audit/calibration/0' };
    return decideProfile(this.#draft, { topic, type, value, ...at });
  }

  #control(value: object): void {
    this.#controls += 1;
    this.#decide({ ...value, seq: this.#controls }, 'control');
  }

  alertsOf(event: AuditEvent): readonly RuleAlert[] {
    return this.#decide(event, 'event')
      .filter(({ topic }) => topic === TOPICS.alerts.name)
      .flatMap(({ value }) => {
        const { alert_id: id, rule_id: of, posture } = value as Alert;
        const rule = RULE_OF[of] ?? of;
        return RULE_NAMES.includes(rule) ? [{ rule, id, isPosture: posture === true }] : [];
      });
  }
}
