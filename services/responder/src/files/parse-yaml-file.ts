/**
 * Policy and registry files: YAML to a validated value, or *all* problems at once, each with its
 * path, the value that stands there and what would be right. An operator who fixes one problem per
 * run will switch the check off.
 */
import { type Policy, policySchema, type Registry, registrySchema } from '@waywarden/schemas';
import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';

/** Aliases may blow a small file up to a huge one ("billion laughs"). */
const ALIASES_MAX = 100;
const FILE_LENGTH_MAX = 16 * 1024 * 1024;
const VALUE_TEXT_LENGTH_MAX = 120;

export interface FileProblem {
  /** `rules[0].when.kind`; empty for the file itself. */
  readonly path: string;
  /** What stands there, as JSON; `nothing` when it is absent. */
  readonly value: string;
  /** What would be right, in plain words. */
  readonly expected: string;
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
  let value = root;
  for (const part of path) {
    value =
      typeof value === 'object' && value !== null
        ? (value as Readonly<Record<PropertyKey, unknown>>)[part]
        : undefined;
  }
  if (value === undefined) return 'nothing';
  return JSON.stringify(value).slice(0, VALUE_TEXT_LENGTH_MAX);
}

/** Paths of keys that the schema does not know: a misspelt `never_revoke` must not be ignored. */
function unknownKeys(given: unknown, kept: unknown, path: readonly PropertyKey[]): FileProblem[] {
  if (typeof given !== 'object' || given === null) return [];
  if (typeof kept !== 'object' || kept === null) return [];
  return Object.entries(given).flatMap(([key, value]) => {
    const here = [...path, Array.isArray(given) ? Number(key) : key];
    const known = (kept as Readonly<Record<string, unknown>>)[key];
    if (known !== undefined || value === undefined) return unknownKeys(value, known, here);
    const names = Object.keys(kept).join(', ');
    const expected = `no such field; known here: ${names === '' ? 'none' : names}`;
    return [{ path: pathText(here), value: valueAt(given, [key]), expected }];
  });
}

function readYaml(text: string): ParsedFile<unknown> {
  if (text.length > FILE_LENGTH_MAX) {
    const expected = `at most ${FILE_LENGTH_MAX} characters`;
    return { ok: false, problems: [{ path: '', value: `${text.length} characters`, expected }] };
  }
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: true });
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => {
      const { line, col } = lineCounter.linePos(error.pos[0]);
      return { path: '', value: `line ${line}, column ${col}`, expected: `YAML: ${error.message}` };
    });
    return { ok: false, problems };
  }
  try {
    return { ok: true, value: document.toJS({ maxAliasCount: ALIASES_MAX }) };
  } catch (error) {
    const expected = error instanceof Error ? error.message : 'YAML that can be resolved';
    return { ok: false, problems: [{ path: '', value: 'the file', expected }] };
  }
}

function parseFile<T>(text: string, schema: z.ZodType<T>): ParsedFile<T> {
  const yaml = readYaml(text);
  if (!yaml.ok) return yaml;
  const parsed = schema.safeParse(yaml.value, { reportInput: false });
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => ({
      path: pathText(issue.path),
      value: valueAt(yaml.value, issue.path),
      expected: issue.message,
    }));
    return { ok: false, problems };
  }
  const unknown = unknownKeys(yaml.value, parsed.data, []);
  return unknown.length > 0 ? { ok: false, problems: unknown } : { ok: true, value: parsed.data };
}

export function parsePolicyFile(yamlText: string): ParsedFile<Policy> {
  return parseFile(yamlText, policySchema);
}

export function parseRegistryFile(yamlText: string): ParsedFile<Registry> {
  return parseFile(yamlText, registrySchema);
}
