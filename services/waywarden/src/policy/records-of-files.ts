/**
 * What the assembly stage is told of events in files, without log or store: the real ingest path and
 * the real stages over memory, so that what is explained is what the pipeline would see. The flow and
 * assembly stages run too: what leads from chain to chain is theirs to find.
 */
import { decideAssembly, decideFlow, decideProfile, relayLink } from '@waywarden/detector';
import { FormatReader } from '@waywarden/ingest';
import {
  type AuditEvent,
  type Policy,
  type PrivilegeLink,
  type PrivilegeStep,
  type Registry,
  TOPICS,
} from '@waywarden/schemas';
import { MemoryTransaction, type Output, type StageRecord } from '@waywarden/stage';
import { fileAcceptor, type InputFlags } from '../input/input-options.ts';
import { RefusedLines, type RefusedReport, readLines } from '../input/read-lines.ts';
import { type ChainRecords, isChainStep } from './stored-history.ts';

type Decide = (transaction: MemoryTransaction, record: StageRecord) => readonly Output[];

/** The stages, by the topic that each reads. */
const STAGES: ReadonlyMap<string, Decide> = new Map([
  [TOPICS.auditEvents.name, decideProfile],
  [TOPICS.valueFlows.name, decideFlow],
  [TOPICS.privilegeLinks.name, relayLink],
  [TOPICS.privilegeSteps.name, decideAssembly],
]);

function isLink(value: unknown): value is PrivilegeLink {
  return typeof value === 'object' && value !== null && 'from_event' in value;
}

function isStep(value: unknown): value is PrivilegeStep {
  return typeof value === 'object' && value !== null && isChainStep(value);
}

/** The stages one after the other; every record that the assembly stage gets is kept. */
class Stages {
  readonly steps: PrivilegeStep[] = [];
  readonly links: PrivilegeLink[] = [];
  readonly #drafts = new Map([...STAGES.keys()].map((topic) => [topic, new MemoryTransaction()]));

  /** To every stage, as the stages forward them. */
  control(value: object): void {
    for (const topic of STAGES.keys()) this.#decide(topic, null, value, 'control');
  }

  event(event: AuditEvent): void {
    const key = `${event.tenant_id}|${event.agent.uid}`;
    this.#run(this.#decide(TOPICS.auditEvents.name, key, event, 'event'));
  }

  #decide(
    topic: string,
    key: string | null,
    value: unknown,
    type: 'event' | 'control',
  ): readonly Output[] {
    const transaction = this.#drafts.get(topic);
    const decide = STAGES.get(topic);
    if (transaction === undefined || decide === undefined) return [];
    return decide(transaction, {
      topic,
      partition: 0,
      offset: 0,
      key,
      type,
      value,
      source: 'file/0',
    });
  }

  #keep(value: unknown): void {
    if (isLink(value)) this.links.push(value);
    else if (isStep(value)) this.steps.push(value);
  }

  #run(first: readonly Output[]): void {
    const waiting = [...first];
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { topic, key, value, type } = next;
      if (type !== 'event' || !STAGES.has(topic)) continue;
      if (topic === TOPICS.privilegeSteps.name) this.#keep(value);
      waiting.push(...this.#decide(topic, key, value, type));
    }
  }
}

export interface FileRecords extends ChainRecords {
  /** Events that were taken, also those that have no step. */
  readonly events: number;
  readonly refused: RefusedReport;
}

/** In the order of the files; calls that take no part in any assembly have no step. */
export async function recordsOfFiles(
  files: readonly string[],
  flags: Pick<InputFlags, 'tenant' | 'format' | 'assurance' | 'keys' | 'trustFields'>,
  rules: { readonly policy: Policy; readonly registry: Registry | undefined },
): Promise<FileRecords> {
  const stages = new Stages();
  const control = { tenant_id: flags.tenant, version: 'file' };
  const { policy, registry } = rules;
  stages.control({ ...control, kind: 'policy', seq: 1, policy });
  if (registry !== undefined) stages.control({ ...control, kind: 'registry', seq: 2, registry });
  const acceptor = fileAcceptor(flags, registry);
  const refused = new RefusedLines();
  let events = 0;
  for (const file of files) {
    const reader = new FormatReader(flags.format);
    for await (const line of readLines(file)) {
      for (const item of reader.read(line.text, line.number)) {
        const batch = acceptor.accept([item]);
        refused.take(file, batch.errors);
        events += batch.events.length;
        for (const event of batch.events) stages.event(event);
      }
    }
  }
  const { steps, links } = stages;
  return { steps, links, events, refused: refused.report() };
}
