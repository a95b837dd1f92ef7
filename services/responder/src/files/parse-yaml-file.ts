/** Policy and registry files: YAML to a validated value, or all problems with path, value and remedy. */
import {
  type ContractName,
  didYouMean,
  type JsonSchema,
  jsonSchemaOf,
  type Policy,
  policySchema,
  type Registry,
  registrySchema,
  sayIssue,
} from '@waywarden/schemas';
import {
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml';
import { object, ZodObject, type z } from 'zod';
import { type Readable, readableOf } from './stand-in.ts';

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

const SELF_ALIASES_CLAIMED_MAX = 20;

interface SelfAlias {
  readonly name: string;
  readonly line: number;
  readonly column: number;
  readonly namedLine: number;
}

/** Aliases inside what they name (`&a {x: *a}`) are refused: walkers would find no end. */
function selfAliases(document: Document, lines: LineCounter): readonly SelfAlias[] {
  const named = new Map<string, Node>();
  const found: SelfAlias[] = [];
  visit(document, {
    Value: (_, node) => {
      if (isNode(node) && node.anchor !== undefined) named.set(node.anchor, node);
    },
    Alias: (_, alias, around) => {
      const target = named.get(alias.source);
      if (target === undefined || !around.includes(target)) return undefined;
      const { line, col } = lines.linePos(alias.range?.[0] ?? 0);
      const namedLine = lines.linePos(target.range?.[0] ?? 0).line;
      found.push({ name: alias.source, line, column: col, namedLine });
      return found.length < SELF_ALIASES_CLAIMED_MAX ? undefined : visit.BREAK;
    },
  });
  return found;
}

interface UnknownKey {
  readonly path: readonly PropertyKey[];
  readonly expected: string;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function branches(schema: unknown): readonly JsonSchema[] {
  if (!isObject(schema)) return [];
  const inner = [schema['anyOf'], schema['oneOf'], schema['allOf']].flatMap((list) =>
    Array.isArray(list) ? list.flatMap(branches) : [],
  );
  return [schema, ...inner];
}

function propertiesOf(schemas: readonly JsonSchema[]): Map<string, unknown> {
  return new Map(
    schemas.flatMap(({ properties }) => (isObject(properties) ? Object.entries(properties) : [])),
  );
}

function openSchema(schemas: readonly JsonSchema[]): unknown {
  for (const { additionalProperties } of schemas) {
    if (isObject(additionalProperties) && Object.keys(additionalProperties).length > 0) {
      return additionalProperties;
    }
  }
  return undefined;
}

/** Keys that a contract lacks, so that a misspelt `never_revoke` is reported. Strict for what people write. */
function unknownKeys(
  value: unknown,
  schema: unknown,
  path: readonly PropertyKey[] = [],
): readonly UnknownKey[] {
  const schemas = branches(schema);
  if (Array.isArray(value)) {
    const items = schemas.find((one) => isObject(one['items']))?.['items'];
    return value.flatMap((item, n) => unknownKeys(item, items, [...path, n]));
  }
  if (!isObject(value)) return [];
  const properties = propertiesOf(schemas);
  const open = openSchema(schemas);
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = [...path, key];
    if (properties.has(key)) return unknownKeys(inner, properties.get(key), here);
    if (open !== undefined || properties.size === 0) return unknownKeys(inner, open, here);
    const names = [...properties.keys()];
    const expected = `no such field${didYouMean(key, names)} Known here: ${names.join(', ')}`;
    return [{ path: here, expected: expected.replace('field Known', 'field; known') }];
  });
}

/** The line of a path in a YAML file, else of its deepest part. */

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}

/** From 1; undefined: empty file. */
function lineAt(
  document: Document,
  lines: LineCounter,
  path: readonly PropertyKey[],
): number | undefined {
  let node: unknown = document.contents;
  let offset = startOf(node);
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find((one) => isScalar(one.key) && String(one.key.value) === part);
      if (pair === undefined) break;
      offset = startOf(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      const item = node.items[Number(part)];
      if (item === undefined) break;
      offset = startOf(item) ?? offset;
      node = item;
    } else break;
  }
  return offset === undefined ? undefined : lines.linePos(offset).line;
}
