/** `waywarden map try`: what a mapping makes of a log, record by record, before anything is sent. */
import { readFileSync } from 'node:fs';
import {
  loadMappings,
  type Mapping,
  mappingOf,
  readMappedRecord,
} from '@waywarden/agent-telemetry';
import { Command } from 'commander';
import { recordsOf } from '../collect/log-files.ts';
import { EXIT, report, table, UsageError } from '../input/command-output.ts';
import { readLines } from '../input/read-lines.ts';

const SHOWN_MAX = 20;
const FIELDS_MAX = 12;

interface MapFlags {
  readonly mapping?: string;
  readonly json?: true;
}

interface Tried {
  readonly line: number;
  readonly mapping: string | null;
  readonly at: string | null;
  readonly agent: string | null;
  readonly tool: string | null;
  readonly arguments: unknown;
  readonly outcome: string | null;
  readonly session: string | null;
  readonly fields?: readonly string[];
}

function mappingsOf(path: string | undefined): readonly Mapping[] {
  if (path === undefined) return loadMappings();
  const read = mappingOf(readFileSync(path, 'utf8'));
  if (read.kind === 'mapping') return [read.mapping];
  throw new UsageError(`${path}: ${read.problem}`);
}

function tried(record: unknown, line: number, mappings: readonly Mapping[]): Tried {
  for (const mapping of mappings) {
    const seen = readMappedRecord(record, mapping);
    if (seen === undefined) continue;
    return {
      line,
      mapping: mapping.name,
      at: seen.at === undefined ? null : new Date(seen.at).toISOString(),
      agent: seen.agent?.name ?? seen.agent?.id ?? null,
      tool: seen.call?.tool ?? null,
      arguments: seen.call?.args ?? null,
      outcome: seen.call?.outcome ?? null,
      session: seen.session ?? null,
    };
  }
  const fields = typeof record === 'object' && record !== null ? Object.keys(record) : [];
  const nothing = {
    mapping: null,
    at: null,
    agent: null,
    tool: null,
    outcome: null,
    session: null,
  };
  return { line, ...nothing, arguments: null, fields: fields.slice(0, FIELDS_MAX) };
}

const short = (value: unknown): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? null);
  return text === 'null' ? '–' : text.slice(0, 40);
};

function words(all: readonly Tried[]): readonly string[] {
  const read = all.filter(({ mapping }) => mapping !== null);
  const header = ['line', 'mapping', 'time', 'agent', 'tool', 'arguments', 'outcome', 'session'];
  const rows = read
    .slice(0, SHOWN_MAX)
    .map((one) => [
      String(one.line),
      short(one.mapping),
      short(one.at),
      short(one.agent),
      short(one.tool),
      short(one.arguments),
      short(one.outcome),
      short(one.session),
    ]);
  const missing = (['at', 'agent', 'tool', 'arguments', 'outcome', 'session'] as const).flatMap(
    (field) => {
      const lacking = read.filter((one) => one[field] === null).length;
      return lacking === 0 ? [] : [`  ${field}: not in ${lacking} of ${read.length}`];
    },
  );
  const unread = all.find(({ mapping }) => mapping === null);
  return [
    ...(rows.length === 0 ? [] : table(header, rows)),
    `${read.length} of ${all.length} records read${read.length > SHOWN_MAX ? `, ${SHOWN_MAX} shown` : ''}.`,
    ...(missing.length === 0 ? [] : ['Not said:', ...missing]),
    ...(unread === undefined
      ? []
      : [
          `No mapping reads line ${unread.line}, with the fields ${(unread.fields ?? []).join(', ')}.`,
        ]),
  ];
}

async function tryMapping(file: string, flags: MapFlags): Promise<void> {
  const mappings = mappingsOf(flags.mapping);
  const all: Tried[] = [];
  for await (const { text, number } of readLines(file)) {
    for (const record of recordsOf(text, mappings)) all.push(tried(record, number, mappings));
  }
  if (all.length === 0) throw new UsageError(`${file}: there is no record in it.`);
  report(flags.json === true, { records: all }, words(all));
  if (all.some(({ mapping }) => mapping === null)) process.exitCode = EXIT.findings;
}

export const mapCommand = new Command('map')
  .description('mappings of JSON logs')
  .addCommand(
    new Command('try')
      .description('say what a mapping reads in a file of JSON records; nothing is sent')
      .argument('<file>', 'JSON records, one a line or in a list; .gz is unpacked')
      .option('--mapping <file>', 'a mapping of your own; default: those that are shipped')
      .option('--json', 'print one JSON object')
      .action(tryMapping),
  );
