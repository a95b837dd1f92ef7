/**
 * What a policy would have ordered if all of its rules acted: the journal of a trial, decided once more with every rule in
 * `enforce`, so that orders, budgets and cascades count as they would.
 */
import type { EventLog } from '@waywarden/event-log';
import { createDecideResponse, sha256Hex } from '@waywarden/responder';
import {
  type Decision,
  HEADERS,
  type JournalEntry,
  type Policy,
  type RevocationCommand,
  TOPICS,
} from '@waywarden/schemas';
import { MemoryTransaction, type Output, type StageRecord } from '@waywarden/stage';
import { scanTopic } from '../runtime/scan-topic.ts';

export interface Ordered {
  readonly decisions: readonly Decision[];
  readonly commands: readonly RevocationCommand[];
}

export function isWatching({ mode }: Policy['rules'][number]): boolean {
  return mode !== 'enforce';
}

/** The rule itself, or what followed upon an order of it. */
export function isOfRule({ rule_id: id }: Pick<Decision, 'rule_id'>, ruleId: string): boolean {
  return id === ruleId || id.startsWith(`${ruleId}/`);
}

function enforced(entry: JournalEntry): JournalEntry {
  if (entry.kind !== 'control' || entry.control.kind !== 'policy') return entry;
  const { control } = entry;
  const rules = control.policy.rules.map((rule) => ({ ...rule, mode: 'enforce' as const }));
  return { ...entry, control: { ...control, policy: { ...control.policy, rules } } };
}

const valuesOf = <T>(outputs: readonly Output[], topic: string) =>
  outputs.filter((one) => one.topic === topic && one.type === 'event').map((one) => one.value as T);

/** Nobody answers in a trial, so no silence of a receiver means anything. */
export function decideEnforced(records: Iterable<StageRecord>): Ordered {
  const decide = createDecideResponse({ sha256: sha256Hex, nobodyAnswers: true });
  const transaction = new MemoryTransaction();
  const outputs: Output[] = [];
  for (const record of records) {
    outputs.push(
      ...decide(transaction, { ...record, value: enforced(record.value as JournalEntry) }),
    );
  }
  return {
    decisions: valuesOf<Decision>(outputs, TOPICS.decisions.name),
    commands: valuesOf<RevocationCommand>(outputs, TOPICS.revocationCommands.name),
  };
}

const DECODER = new TextDecoder();

/** Of the trial whose log this is. */
export async function ifEnforced(log: EventLog): Promise<Ordered> {
  const topic = TOPICS.responseJournal.name;
  const records: StageRecord[] = [];
  for await (const { value, partition, offset, headers } of scanTopic(log, topic)) {
    if (value === null || headers[HEADERS.type] !== 'event') continue;
    const entry: unknown = JSON.parse(DECODER.decode(value));
    const source = `trial/${partition}/${offset}`;
    records.push({ topic, partition, offset, key: null, type: 'event', value: entry, source });
  }
  return decideEnforced(records);
}
