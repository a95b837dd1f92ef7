/** `waywarden registry propose`: approvals that history suggests, for their owners to decide. */
import { type Alert, type PrivilegeStep, TOPICS } from '@waywarden/schemas';
import { Command } from 'commander';
import { report, UsageError } from '../input/command-output.ts';
import { readTextFile } from '../input/named-file.ts';
import { type RecordedHistory, withRecordedHistory } from '../policy/recorded-history.ts';
import { recordedValues, storedRegistries } from '../policy/stored-history.ts';
import {
  PROPOSED_CHAINS_MIN,
  proposeApprovals,
  sayProposals,
} from '../registry/approval-proposals.ts';
import { loadRegistry } from '../runtime/rule-files.ts';

interface ProposeFlags {
  readonly data: string;
  readonly reviewed: string;
  readonly registry?: string;
  readonly tenant: string;
  readonly min: string;
  readonly json?: true;
}

/** `#` begins a comment. */
function idsIn(file: string): ReadonlySet<string> {
  const lines = readTextFile(file).split('\n');
  return new Set(lines.map((line) => line.replace(/#.*/, '').trim()).filter((id) => id !== ''));
}

async function lastAlerts(history: RecordedHistory, tenant: string): Promise<readonly Alert[]> {
  const last = new Map<string, Alert>();
  for await (const alert of recordedValues<Alert>(history, TOPICS.alerts.name, 'event')) {
    if (alert.tenant_id === tenant) last.set(alert.alert_id, alert);
  }
  return [...last.values()].sort((a, b) => (a.alert_id < b.alert_id ? -1 : 1));
}

async function stepsOf(
  history: RecordedHistory,
  tenant: string,
  chains: ReadonlySet<string>,
): Promise<readonly PrivilegeStep[]> {
  const steps = new Map<string, PrivilegeStep>();
  const topic = TOPICS.privilegeSteps.name;
  for await (const step of recordedValues<PrivilegeStep>(history, topic, 'event')) {
    const isCall =
      'exercise' in step && step.exercise !== 'requested' && step.exercise !== 'settled';
    if (isCall && step.tenant_id === tenant && chains.has(step.chain_id)) {
      steps.set(step.event_id, step);
    }
  }
  return [...steps.values()];
}

async function propose(flags: ProposeFlags): Promise<void> {
  const chainsMin = Number(flags.min);
  if (!Number.isInteger(chainsMin) || chainsMin < 1) {
    throw new UsageError(`--min ${flags.min}: give a whole number from 1.`);
  }
  const { tenant } = flags;
  const reviewed = idsIn(flags.reviewed);
  await withRecordedHistory(flags.data, async (history) => {
    const registry = loadRegistry(flags.registry) ?? (await storedRegistries(history)).get(tenant);
    if (registry === undefined) {
      throw new UsageError(
        `${flags.data} has no registry of tenant ${tenant}: name one with --registry. An approval belongs to a registered workflow.`,
      );
    }
    const alerts = await lastAlerts(history, tenant);
    const asked = alerts.filter(
      ({ alert_id: id, subject }) => reviewed.has(id) || reviewed.has(subject.chain_id ?? ''),
    );
    const chains = new Set(asked.flatMap(({ subject }) => subject.chain_id ?? []));
    const known = new Set([...asked.map((one) => one.alert_id), ...chains]);
    const unknown = [...reviewed].filter((id) => !known.has(id));
    const steps = await stepsOf(history, tenant, chains);
    const nowMs = Date.now();
    const proposed = proposeApprovals({ alerts, steps, registry, reviewed, chainsMin, nowMs });
    const lines = [
      ...sayProposals(proposed),
      ...unknown.map((id) => `${id}: neither an alert nor a chain with one in ${flags.data}`),
    ];
    report(flags.json === true, { ...proposed, unknown }, lines);
  });
}

export const proposeCommand = new Command('propose')
  .description('propose approvals of what reviewed, benign chains assembled; changes nothing')
  .requiredOption('--reviewed <file>', 'ids of alerts or chains found benign, one a line')
  .option('--data <folder>', 'data folder; it is only read', '.waywarden/data')
  .option('--registry <file>', 'registry file; default: the one in force in --data')
  .option('--tenant <id>', 'whose history', 'default')
  .option('--min <n>', 'reviewed chains that it takes', String(PROPOSED_CHAINS_MIN))
  .option('--json', 'print one JSON object as the last line')
  .action(propose);
