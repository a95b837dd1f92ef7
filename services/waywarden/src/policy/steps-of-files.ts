/**
 * Privilege steps of events in files, without log or store: the real ingest path and the profile
 * stage over memory, so that what is explained is what the pipeline would see.
 */
import { decideProfile } from '@waywarden/detector';
import { FormatReader } from '@waywarden/ingest';
import { type Policy, type PrivilegeStep, type Registry, TOPICS } from '@waywarden/schemas';
import { MemoryDraft, type StageRecord } from '@waywarden/stage';
import { fileAcceptor, type InputFlags } from '../commands/input-options.ts';
import { readLines } from '../read-lines.ts';

function record(type: 'event' | 'control', key: string | null, value: unknown): StageRecord {
  const topic = TOPICS.auditEvents.name;
  return { topic, partition: 0, offset: 0, key, type, value, source: 'file/0' };
}

function isStep(value: unknown): value is PrivilegeStep {
  return typeof value === 'object' && value !== null && 'exercise' in value;
}

/** Steps in the order of the files; calls that take no part in any assembly have none. */
export async function stepsOfFiles(
  files: readonly string[],
  flags: Pick<InputFlags, 'tenant' | 'format' | 'assurance' | 'keys' | 'trustFields'>,
  rules: { readonly policy: Policy; readonly registry: Registry | undefined },
): Promise<readonly PrivilegeStep[]> {
  const draft = new MemoryDraft();
  const control = { tenant_id: flags.tenant, version: 'file' };
  const { policy, registry } = rules;
  decideProfile(draft, record('control', null, { ...control, kind: 'policy', seq: 1, policy }));
  if (registry !== undefined) {
    decideProfile(
      draft,
      record('control', null, { ...control, kind: 'registry', seq: 2, registry }),
    );
  }
  const acceptor = fileAcceptor(flags, registry);
  const steps: PrivilegeStep[] = [];
  for (const file of files) {
    const reader = new FormatReader(flags.format);
    for await (const line of readLines(file)) {
      for (const item of reader.read(line.text, line.number)) {
        for (const event of acceptor.accept([item]).events) {
          const key = `${event.tenant_id}|${event.agent.uid}`;
          const outputs = decideProfile(draft, record('event', key, event));
          steps.push(...outputs.map((output) => output.value).filter(isStep));
        }
      }
    }
  }
  return steps;
}
