import { existsSync, statSync } from 'node:fs';
import { catalogueSources, FORMATS, type Format, loadCatalogue } from '@waywarden/ingest';
import { inputEventSchema, type Registry } from '@waywarden/schemas';
import { Command, Option } from 'commander';
import { type CatalogueFinding, checkCatalogue } from '../catalogue/check-catalogue.ts';
import { type Coverage, coverageOf, SOURCES } from '../catalogue/coverage.ts';
import { explainTool, type ToolQuestion } from '../catalogue/explain-tool.ts';
import { sayExplanation } from '../catalogue/say-explanation.ts';
import { EXIT, report, sayValue, table, UsageError } from '../input/command-output.ts';
import { readTextFile } from '../input/named-file.ts';
import { loadPolicy, loadRegistry } from '../runtime/rule-files.ts';

function sayFinding(one: CatalogueFinding): string {
  const where = one.line === null ? one.file : `${one.file}:${one.line}`;
  const what = one.path === '' ? 'the file' : one.path;
  return `${where}: ${one.level}: ${what} is ${sayValue(one.value)}; expected: ${one.expected}`;
}

const counted = (n: number, word: string, more = `${word}s`) => `${n} ${n === 1 ? word : more}`;

interface CheckFlags {
  readonly strict?: true;
  readonly json?: true;
}

function check(files: readonly string[], flags: CheckFlags): void {
  const sources =
    files.length === 0
      ? catalogueSources()
      : files.map((path) => ({ path, text: readTextFile(path) }));
  const checked = checkCatalogue(sources);
  const errors = checked.findings.filter(({ level }) => level === 'error').length;
  const warnings = checked.findings.length - errors;
  const ok = errors === 0 && (flags.strict !== true || warnings === 0);
  const summary = `${counted(checked.files, 'file')}, ${counted(checked.entries, 'entry', 'entries')}, ${counted(checked.tools, 'name or pattern', 'names and patterns')}: ${counted(errors, 'error')}, ${counted(warnings, 'warning')}`;
  report(flags.json === true, { ok, ...checked, errors, warnings }, [
    ...checked.findings.map(sayFinding),
    summary,
  ]);
  if (!ok) process.exitCode = EXIT.findings;
}

interface ExplainFlags {
  readonly server?: string;
  readonly args?: string;
  readonly target?: string;
  readonly annotations?: string;
  readonly registry?: string;
  readonly policy?: string;
  readonly json?: true;
}

function jsonOf(flag: string, text: string | undefined, example: string): unknown {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {}
  throw new UsageError(`${flag} ${text}: give a JSON object, for example ${example}`);
}

function targetOf(text: string | undefined): ToolQuestion['target'] {
  const value = jsonOf('--target', text, '\'{"environment":"prod"}\'');
  const parsed = inputEventSchema.shape.target.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((one) => `${one.path.join('.')}: ${one.message}`);
  throw new UsageError(`--target ${text}: ${problems.join('; ')}`);
}

function registryOf(file: string | undefined): ToolQuestion['registry'] {
  const value: Registry | undefined = loadRegistry(file);
  return file === undefined || value === undefined
    ? undefined
    : { file, text: readTextFile(file), value };
}

function explain(tool: string, flags: ExplainFlags): void {
  const annotations = jsonOf('--annotations', flags.annotations, '\'{"readOnlyHint":true}\'');
  const question: ToolQuestion = {
    tool,
    server: flags.server,
    args: jsonOf('--args', flags.args, '\'{"to":"ana@acme.example"}\''),
    annotations: annotations as ToolQuestion['annotations'],
    target: targetOf(flags.target),
    registry: registryOf(flags.registry),
  };
  const explanation = explainTool(question, loadPolicy(flags.policy));
  report(flags.json === true, explanation, sayExplanation(explanation));
}

interface CoverageFlags {
  readonly format: Format;
  readonly registry?: string;
  readonly failUnder?: string;
  readonly json?: true;
}

const share = (part: number, of: number) =>
  of === 0 ? '–' : `${((100 * part) / of).toFixed(1)} %`;

function sayCoverage(covered: Coverage): readonly string[] {
  const rows = SOURCES.map((by) => [
    by,
    String(covered.calls_by[by]),
    share(covered.calls_by[by], covered.calls),
    String(covered.tools_by[by]),
    share(covered.tools_by[by], covered.tools),
  ]);
  const unreadable = covered.unreadable > 0 ? [`${covered.unreadable} calls can't be read.`] : [];
  const list = covered.to_write.map((one) => [
    one.server === null ? one.tool : `${one.server}/${one.tool}`,
    one.decided_by,
    String(one.calls),
  ]);
  return [
    `${covered.calls} calls of ${covered.tools} tools.`,
    ...table(['decided by', 'calls', 'share', 'tools', 'share'], rows),
    ...unreadable,
    ...(list.length === 0
      ? ['Every tool has an entry.']
      : [
          '',
          'Without an entry, most called first:',
          ...table(['tool', 'decided by', 'calls'], list),
        ]),
  ];
}

function nothingRead(files: readonly string[], format: Format, unreadable: number): string {
  const refused = unreadable === 0 ? '' : ` (${counted(unreadable, 'item')} of another shape)`;
  const others = FORMATS.filter((one) => one !== format).join(', ');
  return `${files.join(', ')}: nothing was read as --format ${format}${refused}. Name the format that the files are written in; there are also ${others}.`;
}

async function coverage(files: readonly string[], flags: CoverageFlags): Promise<void> {
  for (const file of files) {
    if (!existsSync(file)) throw new UsageError(`${file}: there is no such file.`);
    if (statSync(file).isDirectory()) {
      throw new UsageError(`${file}: is a folder; name a file in it.`);
    }
  }
  const least = flags.failUnder === undefined ? 0 : Number(flags.failUnder);
  if (!(least >= 0 && least <= 1)) {
    throw new UsageError(`--fail-under ${flags.failUnder}: give a share between 0 and 1.`);
  }
  const registry = loadRegistry(flags.registry);
  const catalogue = loadCatalogue(registry === undefined ? {} : { registry });
  const covered = await coverageOf(files, flags.format, catalogue);
  // Zeros would look like a result.
  if (covered.calls === 0)
    throw new UsageError(nothingRead(files, flags.format, covered.unreadable));
  const known = covered.calls_by.operator + covered.calls_by.catalogue + covered.calls_by.activity;
  const known_share = known / covered.calls;
  const ok = known_share >= least;
  report(flags.json === true, { ok, known_share, ...covered }, sayCoverage(covered));
  if (!ok) process.exitCode = EXIT.findings;
}

const checkCommand = new Command('check')
  .description('say all that is wrong with catalogue files, or with the tools of registry files')
  .argument('[files...]', 'YAML files; none: the shipped catalogue')
  .option('--strict', 'exit 1 for warnings too')
  .option('--json', 'print one JSON object as the last line')
  .action(check);

const explainCommand = new Command('explain')
  .description('say what a call of a tool counts as, who says so, and where')
  .argument('<tool>', 'name of the tool, as events give it')
  .option('--server <name>', 'server of the tool, as events give it')
  .option('--args <json>', 'arguments of the call, for capabilities that depend on them')
  .option('--target <json>', 'target that the source names, as in an event')
  .option('--annotations <json>', 'what the server says of the tool (MCP hints)')
  .option('--registry <file>', 'registry whose tools are asked first')
  .option('--policy <file>', 'policy whose combinations are meant; default: the shipped one')
  .option('--json', 'print one JSON object as the last line')
  .action(explain);

const coverageCommand = new Command('coverage')
  .description('say how many calls and tools of files an entry knows')
  .argument('<files...>', 'files of events')
  .addOption(
    new Option('--format <format>', 'how the files are written').choices(FORMATS).default('events'),
  )
  .option('--registry <file>', 'registry whose tools are asked first')
  .option('--fail-under <share>', 'exit 1 when entries know less than this share of the calls')
  .option('--json', 'print one JSON object as the last line')
  .action(coverage);

export const catalogueCommand = new Command('catalogue').description(
  'what tools can do: check, explain, coverage',
);
for (const command of [checkCommand, explainCommand, coverageCommand]) {
  catalogueCommand.addCommand(command.exitOverride());
}
