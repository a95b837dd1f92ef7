/**
 * The detector's four stages over queues in memory, with one choice left to the test: which stage
 * works next. Whatever the choices, each topic keeps its order, as the log does. Test code.
 */
import {
  type Alert,
  type AuditEvent,
  type Policy,
  type Registry,
  TOPICS,
  type VerdictControl,
} from '@waywarden/schemas';
import type { Decide, Output, StageRecord } from '@waywarden/stage';
import { decideAssembly } from '../stages/decide-assembly.ts';
import { decideFlow } from '../stages/decide-flow.ts';
import { relayLink } from '../stages/decide-link.ts';
import { decideProfile } from '../stages/decide-profile.ts';
import { MapTransaction } from './map-draft.ts';

/** Records worked on for one question of a test. */
const WORK_MAX = 20_000;

class MemoryStage {
  readonly transaction = new MapTransaction();
  readonly waiting: StageRecord[] = [];
  readonly #decide: Decide;

  constructor(decide: Decide) {
    this.#decide = decide;
  }

  work(): readonly Output[] {
    const next = this.waiting.shift();
    return next === undefined ? [] : this.#decide(this.transaction, next);
  }
}

export class MemoryPipeline {
  readonly assembly = new MemoryStage(decideAssembly);
  readonly flow = new MemoryStage(decideFlow);
  readonly alerts: Alert[] = [];
  /** For a test that looks at what is told between stages. */
  onRecord: (topic: string, value: unknown) => void = () => undefined;
  readonly #stages: ReadonlyMap<string, MemoryStage>;
  #offset = 0;
  #seq = 0;

  constructor(policy: Policy, registry?: Registry) {
    this.#stages = new Map([
      [TOPICS.auditEvents.name, new MemoryStage(decideProfile)],
      [TOPICS.valueFlows.name, this.flow],
      [TOPICS.privilegeLinks.name, new MemoryStage(relayLink)],
      [TOPICS.privilegeSteps.name, this.assembly],
    ]);
    const of = { tenant_id: 'acme', version: 'p1' };
    this.#control({ kind: 'policy', policy, ...of });
    if (registry !== undefined) this.#control({ kind: 'registry', registry, ...of });
    this.settle();
  }

  /** Puts events in; what they lead to is worked on by `work` or `settle`. */
  send(...events: readonly AuditEvent[]): void {
    for (const value of events) this.#put(TOPICS.auditEvents.name, 'event', value);
  }

  pass(time: string): void {
    this.#seq += 1;
    this.#put(TOPICS.auditEvents.name, 'watermark', { seq: this.#seq, time });
  }

  /** What a person found of an alert. */
  answer({ tenant_id, alert_id, subject, detected_at }: Alert, verdict: VerdictControl['verdict']) {
    const of = { tenant_id, alert_id, agent_uid: subject.agent_uid, verdict_at: detected_at };
    this.#control({ kind: 'verdict', version: 'decision', verdict, ...of });
    return this.settle();
  }

  /** One record of one stage that has any; false when none has. */
  work(choice: number): boolean {
    const busy = [...this.#stages.values()].filter((stage) => stage.waiting.length > 0);
    const stage = busy[choice % Math.max(1, busy.length)];
    if (stage === undefined) return false;
    for (const { topic, type, value } of stage.work()) {
      if (topic === TOPICS.alerts.name) this.alerts.push(value as Alert);
      else this.#put(topic, type, value);
    }
    return true;
  }

  settle(choices: readonly number[] = [0]): this {
    for (let at = 0; this.work(choices[at % choices.length] ?? 0); at += 1) {
      // What goes round in chains ends, or a log would fill up by itself.
      if (at > WORK_MAX) throw new Error('The stages do not come to rest.');
    }
    return this;
  }

  sendAll(events: readonly AuditEvent[]): this {
    this.send(...events);
    return this.settle();
  }

  /** The last revision of each assembly alert that stands open. */
  open(): readonly Alert[] {
    const last = new Map(this.alerts.map((alert) => [alert.alert_id, alert]));
    return [...last.values()]
      .filter((alert) => alert.state === 'open' && alert.assembly !== undefined)
      .sort((a, b) => (a.alert_id < b.alert_id ? -1 : 1));
  }

  #control(record: object): void {
    this.#seq += 1;
    this.#put(TOPICS.auditEvents.name, 'control', { ...record, seq: this.#seq });
  }

  #put(topic: string, type: StageRecord['type'], value: unknown): void {
    this.#offset += 1;
    this.onRecord(topic, value);
    const place = { topic, partition: 0, offset: this.#offset, key: null, source: 's/0' };
    this.#stages.get(topic)?.waiting.push({ ...place, type, value });
  }
}
