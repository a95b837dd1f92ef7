/** Policy and registry files: YAML to a validated value, or all problems with path, value and remedy. */
import {
  type ContractName,
  jsonSchemaOf,
  type Policy,
  policySchema,
  type Registry,
  registrySchema,
  sayIssue,
} from '@waywarden/schemas';
import { LineCounter, parseDocument } from 'yaml';
import { object, ZodObject, type z } from 'zod';
import { selfAliases } from './self-alias.ts';
import { type Readable, readableOf } from './stand-in.ts';
import { unknownKeys } from './unknown-keys.ts';
import { lineAt } from './yaml-place.ts';

/** Against "billion laughs". */
const ALIASES_MAX = 100;
const FILE_LENGTH_MAX = 16 * 1024 * 1024;
const VALUE_TEXT_LENGTH_MAX = 120;

export interface FileProblem {
  /** `rules[0].when.kind`; empty for the file itself. */
  readonly path: string;
  readonly value: string;
  readonly expected: string;
  /** From 1. */
  readonly line?: number;
}

export type ParsedFile<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly FileProblem[] };

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part, at) => {
      if (typeof part === 'number') return `[${part}]`;
      return at === 0 ? String(part) : `.${String(part)}`;
    })
    .join('');
}

function valueAt(root: unknown, path: readonly PropertyKey[]): string {
  if (path.length === 0 && (root === null || root === undefined)) return 'empty';
  let value = root;
  for (const part of path) {
    value =
      typeof value === 'object' && value !== null
        ? (value as Readonly<Record<PropertyKey, unknown>>)[part]
        : undefined;
  }
  if (value === undefined) return 'missing';
  return JSON.stringify(value).slice(0, VALUE_TEXT_LENGTH_MAX);
}

export interface ReadYaml {
  readonly value: unknown;
  readonly problem: (path: readonly PropertyKey[], expected: string) => FileProblem;
}

/** Bounded. */
export function readYaml(text: string): ParsedFile<ReadYaml> {
  if (text.length > FILE_LENGTH_MAX) {
    const expected = `at most ${FILE_LENGTH_MAX} characters`;
    return { ok: false, problems: [{ path: '', value: `${text.length} characters`, expected }] };
  }
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: true });
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => {
      const { line, col } = lineCounter.linePos(error.pos[0]);
      const value = `line ${line}, column ${col}`;
      return { path: '', value, expected: `YAML: ${error.message}`, line };
    });
    return { ok: false, problems };
  }
  const endless = selfAliases(document, lineCounter);
  if (endless.length > 0) {
    const problems = endless.map(({ name, line, column, namedLine }) => {
      const value = `line ${line}, column ${column}`;
      const expected = `YAML: *${name} stands inside &${name} (line ${namedLine}), which so contains itself; write out what is meant`;
      return { path: '', value, expected, line };
    });
    return { ok: false, problems };
  }
  try {
    const value: unknown = document.toJS({ maxAliasCount: ALIASES_MAX });
    const problem = (path: readonly PropertyKey[], expected: string): FileProblem => {
      const line = lineAt(document, lineCounter, path);
      const at = { path: pathText(path), value: valueAt(value, path), expected };
      return line === undefined ? at : { ...at, line };
    };
    return { ok: true, value: { value, problem } };
  } catch (error) {
    const expected = error instanceof Error ? error.message : 'YAML that can be resolved';
    return { ok: false, problems: [{ path: '', value: 'the file', expected }] };
  }
}

export type CheckedContract<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      readonly problems: readonly FileProblem[];
      readonly readable: Readable<T> | undefined;
    };

/** Without checks of a right shape (ids given twice). */
function shapeOf<T>(schema: z.ZodType<T>): z.ZodType<T> {
  return schema instanceof ZodObject ? (object(schema.shape) as unknown as z.ZodType<T>) : schema;
}

export function contractProblems<T>(
  yaml: ReadYaml,
  schema: z.ZodType<T>,
  name: ContractName,
): CheckedContract<T> {
  const contract = jsonSchemaOf(name);
  const parsed = schema.safeParse(yaml.value, { reportInput: false });
  const unknown = unknownKeys(yaml.value, contract);
  if (parsed.success && unknown.length === 0) return { ok: true, value: parsed.data };
  const wrong = parsed.success ? [] : parsed.error.issues;
  const readable = readableOf(yaml.value, shapeOf(schema), contract);
  const isShape = wrong.some((issue) => issue.code !== 'custom');
  const ofWhole = isShape && readable !== undefined ? schema.safeParse(readable.value) : undefined;
  const more = (ofWhole?.error?.issues ?? []).filter(
    ({ path, message }) => readable?.stoodIn.causes(path, message) === false,
  );
  const problems = [
    ...[...wrong, ...more].map((issue) =>
      yaml.problem(issue.path, sayIssue(issue, yaml.value, contract)),
    ),
    ...unknown.map(({ path, expected }) => yaml.problem(path, expected)),
  ].sort((one, other) => (one.line ?? 0) - (other.line ?? 0));
  return { ok: false, problems, readable };
}

function parseFile<T>(text: string, schema: z.ZodType<T>, name: ContractName): ParsedFile<T> {
  const yaml = readYaml(text);
  return yaml.ok ? contractProblems(yaml.value, schema, name) : yaml;
}

export function parsePolicyFile(yamlText: string): ParsedFile<Policy> {
  return parseFile(yamlText, policySchema, 'policy');
}

export function parseRegistryFile(yamlText: string): ParsedFile<Registry> {
  return parseFile(yamlText, registrySchema, 'registry');
}
