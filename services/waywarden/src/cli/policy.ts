/** `waywarden policy check|test|explain`: the commands around `policy/`. */
import { chainsLeadingTo, explainFiring, SHIPPED_POLICY } from '@waywarden/detector';
import { FORMATS, type Format } from '@waywarden/ingest';
import { ASSURANCES, type Assurance, type Policy } from '@waywarden/schemas';
import { Command, Option } from 'commander';
import { EXIT, Progress, quantity, report, sayValue, UsageError } from '../input/command-output.ts';
import { readTextFile } from '../input/named-file.ts';
import { NOTHING_REFUSED, type RefusedReport, sayRefused } from '../input/read-lines.ts';
import { explainCombination, explainPolicy } from '../policy/explain-policy.ts';
import { recordsOfFiles } from '../policy/records-of-files.ts';
import { sayExamples, sayPolicyHistory, sayWhy } from '../policy/say-results.ts';
import {
  type ChainRecords,
  storedAlert,
  storedChain,
  withRecordedHistory,
} from '../policy/stored-history.ts';
import { type HistoryReport, runExamples, tryOnFiles, tryOnFolder } from '../policy/try-policy.ts';
import { checkPolicyText, type PolicyFinding } from '../rules/check-policy.ts';
import { loadPolicy, loadRegistry, takesShippedCombinations } from '../runtime/rule-files.ts';

const CHAINS_NAMED_MAX = 10;

function sayFinding(file: string, one: PolicyFinding): string {
  const where = one.line === null ? file : `${file}:${one.line}`;
  if (one.expected.startsWith('YAML: ')) return `${where}: ${one.level}: ${one.expected}`;
  const what = one.path === '' ? 'the file' : one.path;
  return `${where}: ${one.level}: ${what} is ${sayValue(one.value)}; expected: ${one.expected}`;
}

interface CheckFlags {
  readonly registry?: string;
  readonly json?: true;
}

function check(file: string, flags: CheckFlags): void {
  const registry = loadRegistry(flags.registry);
  const shipped = readTextFile(SHIPPED_POLICY);
  const { findings, takesShipped } = checkPolicyText(readTextFile(file), shipped, registry);
  const errors = findings.filter((one) => one.level === 'error').length;
  const warnings = findings.length - errors;
  const value = { ok: errors === 0, file, errors, warnings, findings, takes_shipped: takesShipped };
  const summary = `${file}: ${quantity(errors, 'error')}, ${quantity(warnings, 'warning')}`;
  report(flags.json === true, value, [
    ...findings.map((one) => sayFinding(file, one)),
    ...(takesShipped ? [`${file} names no combinations: the shipped ones stand`] : []),
    ...(registry === undefined
      ? [`${file}: agents, workflows and receivers that it names are looked for with --registry`]
      : []),
    summary,
  ]);
  if (errors > 0) process.exitCode = EXIT.findings;
}

interface EventFlags {
  readonly events?: readonly string[];
  readonly data?: string;
  readonly format: Format;
  readonly tenant: string;
  readonly assurance: Assurance;
  readonly registry?: string;
  readonly keys?: string;
  readonly trustFields?: true;
  readonly json?: true;
}

function withEventOptions(command: Command): Command {
  return command
    .option('--events <files...>', 'files of events')
    .option(
      '--data <folder>',
      'a data folder of `up` (also a running one) or `replay`; it is only read',
    )
    .addOption(new Option('--format <format>', 'of --events').choices(FORMATS).default('events'))
    .option('--tenant <id>', 'of --events', 'default')
    .addOption(
      new Option('--assurance <assurance>', 'how far claims in --events are believed')
        .choices(ASSURANCES)
        .default('authenticated'),
    )
    .option('--registry <file>', 'registry file; default: the one in force in --data, or none')
    .option('--keys <file>', 'key file of ingest, for --events')
    .option('--trust-fields', 'take derived fields from --events')
    .option('--json', 'print one JSON object as the last line');
}

function noneRead(refused: RefusedReport): UsageError {
  const refusal = sayRefused(refused) ?? '';
  return new UsageError(
    `No event could be read (--format says how files are written): ${refusal}.`,
  );
}

async function history(policy: Policy, flags: TestFlags): Promise<HistoryReport | null> {
  const registry = loadRegistry(flags.registry);
  const days = Number(flags.days);
  if (!Number.isInteger(days) || days < 1) {
    throw new UsageError(`--days ${flags.days}: give a whole number of days, such as 7.`);
  }
  if (flags.data !== undefined) {
    const progress = new Progress('Replaying');
    const onProgress = (events: number) => progress.show(`${events} events`);
    const tried = await tryOnFolder(flags.data, { policy, registry, days, onProgress });
    progress.done(`${tried.events} events`);
    return tried;
  }
  const { events: files } = flags;
  if (files === undefined) return null;
  const { registry: _, data: __, ...rest } = flags;
  const tried = await tryOnFiles({ ...rest, files, registry }, { policy, registry, days });
  if (tried.events === 0 && tried.refused.lines > 0) throw noneRead(tried.refused);
  return tried;
}

async function test(file: string | undefined, flags: TestFlags): Promise<void> {
  if (flags.data !== undefined && flags.events !== undefined) {
    throw new UsageError('Give --events or --data, not both: they are two histories.');
  }
  const policy = loadPolicy(file);
  const examples = runExamples(policy);
  const tried = await history(policy, flags);
  const failed = examples.filter((one) => !one.ok).length;
  const value = { ok: failed === 0, examples, history: tried };
  const lines = [...sayExamples(examples), ...(tried === null ? [] : sayPolicyHistory(tried))];
  report(flags.json === true, value, lines);
  if (failed > 0) process.exitCode = EXIT.findings;
}

interface TestFlags extends EventFlags {
  readonly days: string;
}

interface ExplainFlags extends EventFlags {
  readonly combination?: string;
  readonly chain?: string;
  readonly alert?: string;
}

interface ToExplain extends ChainRecords {
  readonly combination: string | undefined;
  readonly refused: RefusedReport;
}

async function chainToExplain(policy: Policy, flags: ExplainFlags): Promise<ToExplain> {
  const { data, alert, chain } = flags;
  if (data !== undefined) {
    return withRecordedHistory(data, async (recorded) => {
      const found = alert === undefined ? undefined : await storedAlert(recorded, alert);
      if (alert !== undefined && found === undefined) {
        throw new UsageError(`${alert}: no such alert in ${data}.`);
      }
      const id = chain ?? found?.subject.chain_id;
      if (id === undefined)
        throw new UsageError('Name a chain with --chain, or an alert with --alert.');
      const combination = found?.assembly?.combination;
      return { ...(await storedChain(recorded, id)), combination, refused: NOTHING_REFUSED };
    });
  }
  if (alert !== undefined) throw new UsageError('--alert needs --data, where the alert is kept.');
  return chainOfFiles(policy, flags);
}

function nameOne(chains: readonly string[], steps: ChainRecords['steps']): UsageError {
  const named = chains.slice(0, CHAINS_NAMED_MAX).map((id) => {
    const own = steps.filter((step) => step.chain_id === id);
    const calls = quantity(own.length, 'call');
    return `  --chain ${id}   (task ${own[0]?.task_id ?? 'unnamed'}, ${calls})`;
  });
  const more = chains.length > named.length ? ['  …'] : [];
  const head = `The events belong to ${chains.length} chains; name one:`;
  return new UsageError([head, ...named, ...more].join('\n'));
}

async function chainOfFiles(policy: Policy, flags: ExplainFlags): Promise<ToExplain> {
  const { chain, events: files = [] } = flags;
  const registry = loadRegistry(flags.registry);
  const records = await recordsOfFiles(files, flags, { policy, registry });
  const { steps, links, events, refused } = records;
  if (events === 0 && refused.lines > 0) throw noneRead(refused);
  if (events === 0) throw new UsageError(`${files.join(', ')}: there is no call to explain.`);
  const chains = [...new Set(steps.map((step) => step.chain_id))];
  if (chain === undefined && chains.length > 1) throw nameOne(chains, steps);
  const wanted = chain ?? chains[0];
  const own = steps.filter((step) => step.chain_id === wanted);
  return { steps: own, links, combination: undefined, refused };
}

/** A misspelt id must not look quiet. */
function knownCombination(policy: Policy, id: string): Policy['combinations'][number] {
  const found = policy.combinations.find((one) => one.id === id);
  if (found !== undefined) return found;
  const known = policy.combinations.map((one) => one.id);
  throw new UsageError(`${id}: no such combination; there are ${known.join(', ')}.`);
}

function explainRules(policy: Policy, file: string | undefined, flags: ExplainFlags): void {
  const lines =
    flags.combination === undefined
      ? explainPolicy(policy, file !== undefined && takesShippedCombinations(file))
      : explainCombination(knownCombination(policy, flags.combination));
  report(flags.json === true, { text: lines }, lines);
}

async function explain(file: string | undefined, flags: ExplainFlags): Promise<void> {
  const policy = loadPolicy(file);
  if (flags.data === undefined && flags.events === undefined) {
    explainRules(policy, file, flags);
    return;
  }
  const { steps, links, combination, refused } = await chainToExplain(policy, flags);
  if (steps.length === 0) {
    const which = flags.chain === undefined && flags.data === undefined ? '' : ' of that chain';
    throw new UsageError(`No call${which} takes part in any assembly.`);
  }
  const wanted = flags.combination ?? combination;
  const ids =
    wanted === undefined
      ? policy.combinations.map((one) => one.id)
      : [knownCombination(policy, wanted).id];
  const reasons = ids.flatMap((id) => explainFiring(policy, id, steps, links) ?? []);
  const chain = steps[0]?.chain_id ?? '';
  const led = { chain, calls: steps.length, from_chains: chainsLeadingTo(chain, links), refused };
  report(flags.json === true, { ...led, combinations: reasons }, sayWhy(reasons, led));
}

export const policyCommand = new Command('policy')
  .description('check, try and explain a policy file')
  .addCommand(
    new Command('check')
      .description('all problems of a policy file at once, with lines; exit 1 on errors')
      .argument('<file>', 'policy file (YAML)')
      .option('--registry <file>', 'registry file: what the policy names is looked for there')
      .option('--json', 'print one JSON object as the last line')
      .action(check)
      .exitOverride(),
  )
  .addCommand(
    withEventOptions(
      new Command('test')
        .description('run the examples, then the policy over given or stored events')
        .argument('[file]', 'policy file (YAML); default: the shipped one'),
    )
      .option('--days <days>', 'what it would have revoked is listed of so many last days', '7')
      .action(test)
      .exitOverride(),
  )
  .addCommand(
    withEventOptions(
      new Command('explain')
        .description('what a policy does; with events, why combinations did or did not fire')
        .argument('[file]', 'policy file (YAML); default: the shipped one'),
    )
      .option('--combination <id>', 'only this one')
      .option('--chain <id>', 'the chain to explain')
      .option('--alert <id>', 'the alert of --data to explain')
      .action(explain)
      .exitOverride(),
  );
