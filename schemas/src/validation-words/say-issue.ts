/** A contract's problem in words, with meaning and example. */
import type { z } from 'zod';
import type { JsonSchema } from '../json/json-schema.ts';

type Issue = z.core.$ZodIssue;

const ZOD_SAYS = /^(Invalid|Too (big|small)|Unrecognized)/;
const EXAMPLE_LENGTH_MAX = 80;

const KIND: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list, as [one, two] or one item a line after "- "',
  object: 'fields, as "name: value"',
  record: 'fields, as "name: value"',
};

const EXAMPLES: Readonly<Record<string, string>> = {
  uid: 'agent/invoices',
  event_time: '2027-04-01T09:30:00Z',
  activity: 'tool_call',
  name: 'pay-invoices',
  tool: 'send_mail',
  symbol: 'send:external',
  combination: 'payment-release',
  id: 'payments-gateway',
  by: 'ana@acme.example',
  person: 'ana@acme.example',
  reason: 'month-end closing',
  at: '2027-04-01',
  from: '2027-04-01',
  expires: '2027-04-01',
  grants: '["read:personal"]',
  any: '["read:secret"]',
  kind: '[privilege_assembly]',
  action: 'revoke_token',
  match: '{ tool: send_mail }',
  capabilities: '[{ symbol: "send:external" }]',
  actions: '[{ action: revoke_token, level: task }]',
  when: '{ kind: [privilege_assembly] }',
};

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const part of path) {
    if (Array.isArray(value)) value = value[Number(part)] as unknown;
    else if (isPlain(value)) value = value[String(part)];
    else return undefined;
  }
  return value;
}

function exampleOf(path: readonly PropertyKey[], schema: JsonSchema): string {
  const allowed = schema['enum'];
  if (Array.isArray(allowed)) return String(allowed[0]);
  const name = path.findLast((part) => typeof part === 'string');
  const example = Object.hasOwn(EXAMPLES, String(name)) ? EXAMPLES[String(name)] : undefined;
  // It does not fit items.
  if (example === undefined || (typeof path.at(-1) === 'number' && example.startsWith('[')))
    return '';
  if (schema['type'] === 'string' && /^[[{]/.test(example)) return '';
  if (schema['type'] === 'array' && !example.startsWith('[')) return '';
  if (schema['type'] === 'number' || schema['type'] === 'integer') return '';
  return example.slice(0, EXAMPLE_LENGTH_MAX);
}

const forExample = (example: string) => (example === '' ? '' : `, for example ${example}`);
const oneOf = (values: readonly unknown[]) =>
  values.length === 1 ? String(values[0]) : `one of ${values.map(String).join(', ')}`;

function meaningOf(schema: JsonSchema): string {
  const text = schema['description'];
  if (typeof text !== 'string' || text === '') return '';
  const [first = ''] = text.split(/(?<=[.;])\s/);
  return ` (${first.replace(/[.;]$/, '')})`;
}

function kindWords(schema: JsonSchema, expected: string): string {
  const allowed = schema['enum'];
  if (Array.isArray(allowed)) return oneOf(allowed);
  if (schema['const'] !== undefined) return String(schema['const']);
  return KIND[expected] ?? expected;
}

function sizeWords(issue: Extract<Issue, { code: 'too_big' | 'too_small' }>): string {
  const isBig = issue.code === 'too_big';
  const bound = isBig ? issue.maximum : issue.minimum;
  if (issue.origin === 'string') {
    if (!isBig && bound === 1) return 'text that is not empty';
    return `${isBig ? 'at most' : 'at least'} ${bound} characters`;
  }
  if (issue.origin === 'array' || issue.origin === 'set') {
    return `a list of ${isBig ? 'at most' : 'at least'} ${bound} ${bound === 1 ? 'item' : 'items'}`;
  }
  if (issue.inclusive === false) return `a number ${isBig ? 'below' : 'above'} ${bound}`;
  return `a number of ${isBig ? 'at most' : 'at least'} ${bound}`;
}

function missingWords(path: readonly PropertyKey[], schema: JsonSchema, kind: string): string {
  return `required: ${kind}${meaningOf(schema)}${forExample(exampleOf(path, schema))}`;
}

function wholeFile(schema: JsonSchema): string {
  const fields = Object.keys(isPlain(schema['properties']) ? schema['properties'] : {});
  const required = requiredKeys(schema);
  const first = required.includes('version') ? ', beginning with "version: 1"' : '';
  return `fields are needed${first}; known are ${fields.join(', ')}`;
}

/** `contract`: its JSON Schema. */
export function sayIssue(issue: Issue, root: unknown, contract: JsonSchema): string {
  const { path } = issue;
  if (!ZOD_SAYS.test(issue.message)) return issue.message;
  if (path.length === 0 && issue.code === 'invalid_type') return wholeFile(contract);
  const schema = schemaAt(contract, path);
  const value = valueAt(root, path);
  const example = () => forExample(exampleOf(path, schema));
  switch (issue.code) {
    case 'invalid_type': {
      const kind = kindWords(schema, issue.expected);
      if (value === undefined) return missingWords(path, schema, kind);
      const quoted =
        issue.expected === 'string' && typeof value === 'number'
          ? ', in quotes if it is a number'
          : '';
      return `${kind}${quoted}${meaningOf(schema)}${example()}`;
    }
    case 'invalid_value': {
      const words = oneOf(issue.values);
      if (value === undefined) return missingWords(path, schema, words);
      const known = issue.values.filter((one) => typeof one === 'string');
      return `${words}${typeof value === 'string' ? didYouMean(value, known) : ''}`;
    }
    case 'too_big':
    case 'too_small':
      return `${sizeWords(issue)}${meaningOf(schema)}${example()}`;
    case 'invalid_union':
      return `another form${meaningOf(schema)}${example()}`;
    case 'invalid_key':
      return `a known name${meaningOf(schema)}`;
    case 'unrecognized_keys':
      return `no such field: ${issue.keys.join(', ')}`;
    default:
      return `text of another form${meaningOf(schema)}${example()}`;
  }
}

/** Optimal string alignment; a third of the word may be wrong, at most three letters. */
const WORD_LENGTH_MAX = 128;
const MISTAKES_MAX = 3;

function distance(a: string, b: string): number {
  const width = b.length + 1;
  let before: number[] = [];
  let last = Array.from({ length: width }, (_, n) => n);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j < width; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min((last[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (before[j - 2] ?? 0) + 1);
      }
      next.push(least);
    }
    before = last;
    last = next;
  }
  return last[width - 1] ?? 0;
}

/** Undefined: none near. First of equals. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  if (word.length > WORD_LENGTH_MAX) return undefined;
  const written = word.toLowerCase().replaceAll('-', '_');
  const most = Math.min(MISTAKES_MAX, Math.max(1, Math.floor(word.length / 3)));
  let best: string | undefined;
  let least = most + 1;
  for (const one of known) {
    if (Math.abs(one.length - word.length) > most) continue;
    // One habit, one mistake.
    const meant = one.toLowerCase().replaceAll('-', '_');
    const snake = word.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    const far = snake === one ? 0 : distance(written, meant);
    if (far < least) {
      least = far;
      best = one;
    }
  }
  return best;
}

export function didYouMean(word: string, known: Iterable<string>): string {
  const meant = nearest(word, known);
  return meant === undefined ? '' : `; did you mean ${JSON.stringify(meant)}?`;
}

/** The JSON Schema of a place of a file. */

const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function branches(schema: JsonSchema): readonly JsonSchema[] {
  const inner = [schema['anyOf'], schema['oneOf'], schema['allOf']].flatMap((list) =>
    Array.isArray(list) ? list.filter(isSchema).flatMap(branches) : [],
  );
  return [schema, ...inner];
}

function step(schema: JsonSchema, part: PropertyKey): JsonSchema | undefined {
  for (const one of branches(schema)) {
    const { properties, additionalProperties, items, prefixItems } = one;
    if (typeof part === 'number') {
      const place: unknown = Array.isArray(prefixItems) ? prefixItems[part] : items;
      if (isSchema(place)) return place;
      continue;
    }
    const key = String(part);
    if (isSchema(properties) && Object.hasOwn(properties, key)) {
      const found = properties[key];
      if (isSchema(found)) return found;
    }
    if (isSchema(additionalProperties)) return additionalProperties;
  }
  return undefined;
}

/** Empty: unknown. */
export function schemaAt(contract: JsonSchema, path: readonly PropertyKey[]): JsonSchema {
  let schema: JsonSchema = contract;
  for (const part of path) schema = step(schema, part) ?? {};
  return schema;
}

export function requiredKeys(schema: JsonSchema): readonly string[] {
  const { required } = schema;
  return Array.isArray(required) ? required.filter((one) => typeof one === 'string') : [];
}
