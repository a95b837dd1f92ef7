/**
 * Builders for tests of the response: valid by default and enforceable, so that what a test sets is
 * what it is about. `Journal` decides entries over a plain draft and sorts the outputs by topic.
 */
import { createHash } from 'node:crypto';
import {
  type Alert,
  type EnforcementNotice,
  type JournalEntry,
  type LineageFact,
  type ObservedCall,
  type OperatorAct,
  policySchema,
  type Receipt,
  type RevocationCommand,
  registrySchema,
  shiftTime,
  TOPICS,
  uuidV5,
  WAYWARDEN_NAMESPACE,
} from '@waywarden/schemas';
import { MemoryTransaction, type Output, type StageRecord } from '@waywarden/stage';
import type { RecordedDecision } from '../core/model/decision-chain.ts';
import { createDecideResponse } from '../core/stages/decide-response.ts';

export const TENANT = 'acme';
export const START = '2026-11-24T09:00:00.000000000Z';

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
export const uuid = (name: string): string => uuidV5(WAYWARDEN_NAMESPACE, `test|${name}`);
export const at = (ms: number): string => shiftTime(START, ms);

export function anAlert(name: string, over: Partial<Alert> = {}): Alert {
  const detectedAt = over.detected_at ?? START;
  return {
    alert_id: uuid(name),
    revision: 1,
    state: 'open',
    count: 1,
    incident_id: uuid(`incident ${name}`),
    tenant_id: TENANT,
    kind: 'hijack_suspected',
    rule_id: 'hijack',
    rule_version: '1',
    severity: 'high',
    confidence: null,
    score: 0.97,
    evaluable: true,
    subject: { agent_uid: `agent-${name}`, task_id: `task-${name}` },
    first_event_time: detectedAt,
    last_event_time: detectedAt,
    first_detected_at: detectedAt,
    detected_at: detectedAt,
    title: `Agent ${name} follows instructions from a mail`,
    summary: 'A passage of a mail asked for what the agent then did.',
    reasons: [],
    evidence: [
      {
        event_id: uuid(`event ${name}`),
        agent_uid: `agent-${name}`,
        role: 'action',
        assurance: 'authenticated',
      },
    ],
    not_visible: [],
    taxonomy: {},
    policy_version: 'p1',
    detector_version: '0.1.0',
    decisive_assurance: 'authenticated',
    ...over,
  };
}

/** The alert's assembly, with a minimal proof and nothing against it. */
export function anAssembly(
  over: Partial<NonNullable<Alert['assembly']>> = {},
): NonNullable<Alert['assembly']> {
  return {
    combination: 'secret-to-egress',
    capabilities: ['read:secret', 'send:external'],
    contributors: [],
    completed_by: 'agent-a',
    proof: [],
    proof_minimal: true,
    links: [],
    residual_access: [],
    cut: [],
    ...over,
  };
}

export const RULE = {
  id: 'hijack-task',
  when: { kind: ['hijack_suspected'] },
  mode: 'enforce',
  actions: [{ action: 'revoke_token', level: 'task' }],
};

type RuleOver = Readonly<Record<string, unknown>>;

export interface PolicyOver {
  readonly rules?: readonly RuleOver[];
  readonly limits?: Readonly<Record<string, unknown>>;
  readonly neverRevoke?: readonly string[];
  readonly receivers?: readonly string[];
  readonly seq?: number;
  readonly taskEnd?: object;
}

export function policyEntry(over: PolicyOver = {}): JournalEntry {
  const seq = over.seq ?? 1;
  const policy = policySchema.parse({
    version: 1,
    // Who says nothing is no subject of most tests.
    limits: { subjects: 1000, fleet_share: 1, receipt_within: '10d', ...over.limits },
    never_revoke: over.neverRevoke ?? [],
    receivers: over.receivers ?? ['mcp-gateway'],
    ...(over.taskEnd === undefined ? {} : { task_end: over.taskEnd }),
    rules: (over.rules ?? [{}]).map((one) => ({ ...RULE, ...one })),
  });
  return {
    kind: 'control',
    control: { kind: 'policy', seq, tenant_id: TENANT, version: `p${seq}`, policy },
  };
}

export function registryEntry(content: Readonly<Record<string, unknown>>, seq = 1): JournalEntry {
  const registry = registrySchema.parse({ version: 1, ...content });
  return {
    kind: 'control',
    control: { kind: 'registry', seq, tenant_id: TENANT, version: `r${seq}`, registry },
  };
}

export const alertEntry = (name: string, over: Partial<Alert> = {}): JournalEntry => ({
  kind: 'alert',
  alert: anAlert(name, over),
});

export function receiptEntry(
  command: RevocationCommand,
  over: Partial<Receipt> = {},
): JournalEntry {
  const receipt: Receipt = {
    command_id: command.command_id,
    tenant_id: command.tenant_id,
    agent_uid: command.target.agent_uid,
    receiver: 'mcp-gateway',
    state: 'applied',
    ...over,
  };
  return { kind: 'receipt', receipt };
}

/** A call of the agent of alert `name`, in its task, a second after the receipt that fixtures give. */
export function callEntry(
  name: string,
  outcome: string,
  over: Partial<ObservedCall> = {},
): JournalEntry {
  const observation: ObservedCall = {
    tenant_id: TENANT,
    event_id: uuid(`call ${name} ${outcome} ${JSON.stringify(over)}`),
    event_time: at(2000),
    agent_uid: `agent-${name}`,
    assurance: 'authenticated',
    task_id: `task-${name}`,
    tool: 'mail/send',
    activity: 'tool_call',
    outcome,
    ...over,
  };
  return { kind: 'observation', observation };
}

/** What a person orders by hand, as the journal takes it. */
export function actEntry(
  what: OperatorAct['act'],
  by: string,
  over: Partial<OperatorAct> = {},
): JournalEntry {
  const time = over.at ?? at(0);
  const act_id = uuid(`${what} ${by} ${time} ${over.order_id ?? over.decision_id ?? ''}`);
  const reason = 'A fault in the mail gateway.';
  return {
    kind: 'act',
    act: { act_id, tenant_id: TENANT, act: what, by, at: time, reason, ...over },
  };
}

export const timeEntry = (ms: number): JournalEntry => ({
  kind: 'watermark',
  watermark: { seq: Math.max(1, Math.round(ms)), time: at(ms) },
});

export class Journal {
  readonly transaction = new MemoryTransaction();
  readonly outputs: Output[] = [];
  readonly #decide = createDecideResponse({ sha256 });
  #offset = 0;

  /** Decides the entries in order; returns what the last of them gave. */
  add(...entries: readonly JournalEntry[]): readonly Output[] {
    let last: readonly Output[] = [];
    for (const value of entries) {
      const record: StageRecord = {
        topic: TOPICS.responseJournal.name,
        partition: 0,
        offset: this.#offset++,
        key: null,
        type: 'event',
        value,
        source: 'test/1/0',
      };
      last = this.#decide(this.transaction, record);
      this.outputs.push(...last);
    }
    return last;
  }

  get decisions(): readonly RecordedDecision[] {
    return this.#values(TOPICS.decisions.name) as readonly RecordedDecision[];
  }

  get commands(): readonly RevocationCommand[] {
    return this.#values(TOPICS.revocationCommands.name) as readonly RevocationCommand[];
  }

  /** What receivers that read the log are told of a pause. */
  get notices(): readonly EnforcementNotice[] {
    return this.#values(TOPICS.revocationCommands.name, 'control') as readonly EnforcementNotice[];
  }

  get alerts(): readonly Alert[] {
    return this.#values(TOPICS.alerts.name) as readonly Alert[];
  }

  #values(topic: string, type = 'event'): readonly unknown[] {
    const ofTopic = this.outputs.filter((one) => one.topic === topic && one.type === type);
    return ofTopic.map((output) => output.value);
  }
}

/** What a call of agent `name` tells of whose access it used, in task `work` unless said otherwise. */
export function lineageEntry(name: string, over: Partial<LineageFact> = {}): JournalEntry {
  const lineage: LineageFact = {
    tenant_id: TENANT,
    event_id: uuid(`lineage ${name} ${JSON.stringify(over)}`),
    event_time: at(0),
    agent_uid: `agent-${name}`,
    assurance: 'authenticated',
    task_id: 'work',
    ...over,
  };
  return { kind: 'lineage', lineage };
}
