/** `waywarden registry check|import`: all problems, the changes, and publishing on consent. */
import { createInterface } from 'node:readline/promises';
import { type CheckedProblem, checkRegistryText } from '@waywarden/responder';
import { type Alert, type PrivilegeStep, type Registry, TOPICS } from '@waywarden/schemas';
import { Command, Option } from 'commander';
import { EXIT, quantity, report, UsageError } from '../input/command-output.ts';
import { readTextFile } from '../input/named-file.ts';
import {
  type RecordedHistory,
  recordedValues,
  storedRegistries,
  withRecordedHistory,
} from '../policy/stored-history.ts';
import {
  PROPOSED_CHAINS_MIN,
  proposeApprovals,
  sayProposals,
} from '../registry/approval-proposals.ts';
import { changeLines, diffRegistry } from '../registry/diff-registry.ts';
import {
  type Proposed,
  proposeFromSpire,
  proposeFromToolsList,
} from '../registry/import-proposals.ts';
import {
  type InForce,
  openPlace,
  type RegistryPlace,
  runningPlace,
} from '../registry/registry-place.ts';
import { checkRegistry, loadPolicy, loadRegistry, problemLine } from '../runtime/rule-files.ts';

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

/** `waywarden registry propose`: approvals that history suggests, for their owners to decide. */
const proposeCommand = new Command('propose')
  .description('propose approvals of what reviewed, benign chains assembled; changes nothing')
  .requiredOption('--reviewed <file>', 'ids of alerts or chains found benign, one a line')
  .option('--data <folder>', 'data folder; it is only read', '.waywarden/data')
  .option('--registry <file>', 'registry file; default: the one in force in --data')
  .option('--tenant <id>', 'whose history', 'default')
  .option('--min <n>', 'reviewed chains that it takes', String(PROPOSED_CHAINS_MIN))
  .option('--json', 'print one JSON object as the last line')
  .action(propose);

interface CheckFlags {
  readonly policy?: string;
  readonly strict?: true;
  readonly json?: true;
}

const problemLines = (problems: readonly CheckedProblem[]) =>
  problems.map(
    (one) => `  ${one.severity === 'error' ? 'error  ' : 'warning'} ${problemLine(one)}`,
  );

const inOrder = (problems: readonly CheckedProblem[]) =>
  [...problems].sort((one, other) => (one.line ?? 0) - (other.line ?? 0));

function check(file: string, flags: CheckFlags): void {
  const { registry, errors, warnings } = checkRegistry(file, loadPolicy(flags.policy));
  const ok = errors.length === 0 && (flags.strict !== true || warnings.length === 0);
  const value = {
    ok,
    agents: registry?.agents.length ?? null,
    workflows: registry?.workflows.length ?? null,
    errors,
    warnings,
  };
  const counted =
    registry === undefined
      ? `${file} can't be used: ${quantity(errors.length, 'error')}, ${quantity(warnings.length, 'warning')}.`
      : `${file}: ${quantity(registry.agents.length, 'agent')}, ${quantity(registry.workflows.length, 'workflow')}; no errors, ${quantity(warnings.length, 'warning')}.`;
  report(flags.json === true, value, [counted, ...problemLines(inOrder([...errors, ...warnings]))]);
  if (!ok) process.exitCode = EXIT.findings;
}

interface ImportFlags {
  readonly format: 'yaml' | 'spire' | 'tools-list';
  readonly data: string;
  readonly url?: string;
  readonly tokenFile?: string;
  readonly tenant: string;
  readonly server?: string;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly json?: true;
}

function proposalsOf(file: string, flags: ImportFlags, current: Registry | undefined): Proposed {
  if (flags.format === 'spire') return proposeFromSpire(readTextFile(file), current);
  if (flags.server === undefined) {
    throw new UsageError('--format tools-list needs --server: what events call the tool server.');
  }
  return proposeFromToolsList(readTextFile(file), current, flags.server);
}

/** Else UsageError. */
function asked(file: string, flags: ImportFlags, { registry: current, combinations }: InForce) {
  if (flags.format !== 'yaml') {
    const proposed = proposalsOf(file, flags, current);
    if (!proposed.ok) throw new UsageError(`${file} can't be used: ${proposed.problem}`);
    return { registry: proposed.registry, warnings: [] };
  }
  const checked = checkRegistryText(readTextFile(file), { combinations, nowMs: Date.now() });
  if (checked.registry !== undefined)
    return { registry: checked.registry, warnings: checked.warnings };
  throw new UsageError(`${file} can't be used:\n${problemLines(checked.errors).join('\n')}`);
}

async function agreed(flags: ImportFlags, lines: readonly string[]): Promise<boolean> {
  if (flags.yes === true) return true;
  if (process.stdin.isTTY !== true) {
    throw new UsageError('Nobody can be asked here: give --yes to publish, or --dry-run to look.');
  }
  process.stderr.write(`${lines.join('\n')}\n`);
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await prompt.question('Publish this? [y/N] ');
  prompt.close();
  return /^y(es)?$/i.test(answer.trim());
}

async function importInto(place: RegistryPlace, file: string, flags: ImportFlags): Promise<void> {
  const { registry, warnings } = asked(file, flags, place.inForce);
  const changes = diffRegistry(place.inForce.registry, registry);
  const lines = [
    ...problemLines(warnings),
    `${changes.length} changes to the registry of ${place.name}${place.inForce.version === null ? ' (none was published)' : ''}:`,
    ...changeLines(changes),
  ];
  const before = place.inForce.version;
  const outcome = (version: string | null, published: boolean) => ({
    published,
    version_before: before,
    version,
    changes,
    warnings,
  });
  const isSame = before !== null && changes.length === 0;
  if (isSame || flags.dryRun === true) {
    const end = isSame ? 'Nothing to publish.' : 'Not published (--dry-run).';
    return report(flags.json === true, outcome(before, false), [...lines, end]);
  }
  if (!(await agreed(flags, lines))) {
    return report(flags.json === true, outcome(before, false), ['Not published.']);
  }
  const version = await place.publish(registry, `import of ${file}`.slice(0, 256));
  report(flags.json === true, outcome(version, true), [
    ...lines,
    `Published as version ${version.slice(0, 12)}; it takes effect at its place in the log.`,
  ]);
}

async function importRegistry(file: string, flags: ImportFlags): Promise<void> {
  const place =
    flags.url === undefined
      ? await openPlace(flags.data, flags.tenant)
      : await runningPlace(flags.url, flags.tokenFile);
  try {
    await importInto(place, file, flags);
  } finally {
    await place.close();
  }
}

const checkCommand = new Command('check')
  .description('say all that is wrong with a registry file; exit 1 when it has errors')
  .argument('<file>', 'registry file (YAML)')
  .option(
    '--policy <file>',
    'policy whose combinations approvals may name; default: the shipped one',
  )
  .option('--strict', 'exit 1 for warnings too')
  .option('--json', 'print one JSON object as the last line')
  .action(check);

const importCommand = new Command('import')
  .description('show what a registry would change, and publish it, signed')
  .argument('<file>', 'registry (YAML), SPIRE entries or an answer to tools/list (JSON)')
  .addOption(
    new Option('--format <format>', 'spire and tools-list add proposals to the registry in force')
      .choices(['yaml', 'spire', 'tools-list'])
      .default('yaml'),
  )
  .option('--data <folder>', 'data folder, of a running "up" or of none', '.waywarden/data')
  .option('--url <url>', 'address of a running "up", instead of --data')
  .option('--token-file <file>', 'its control token, for --url')
  .option('--tenant <id>', 'tenant of the registry, in a folder that nobody has open', 'default')
  .option('--server <name>', 'for tools-list: what events call the tool server')
  .option('--dry-run', 'show the changes and publish nothing')
  .option('--yes', 'publish without asking')
  .option('--json', 'print one JSON object as the last line')
  .action(importRegistry);

export const registryCommand = new Command('registry')
  .description('check a registry file, publish one, or propose approvals for it')
  .addCommand(checkCommand.exitOverride())
  .addCommand(importCommand.exitOverride())
  .addCommand(proposeCommand.exitOverride());
