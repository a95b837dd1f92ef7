/** Lays meanings over a JSON Schema as annotations, and lists its fields by path. */
import type { Meanings } from './meaning.ts';

type JsonSchema = { readonly [keyword: string]: unknown };

export interface SchemaField {
  /** `agents[].profile.tools`; see `Meanings`. */
  readonly path: string;
  /** With its `description`. */
  readonly schema: JsonSchema;
  readonly required: boolean;
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function branchesOf(schema: JsonSchema): readonly JsonSchema[] {
  return [schema['anyOf'], schema['oneOf']].flatMap((list) =>
    Array.isArray(list) ? list.filter(isSchema) : [],
  );
}

/** Parents first. */
export function fieldsOf(schema: JsonSchema, path = ''): readonly SchemaField[] {
  const fields: SchemaField[] = [];
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  const properties = isSchema(schema['properties']) ? schema['properties'] : {};
  for (const [name, own] of Object.entries(properties)) {
    if (!isSchema(own)) continue;
    const at = path === '' ? name : `${path}.${name}`;
    fields.push({ path: at, schema: own, required: required.includes(name) });
    fields.push(...fieldsOf(own, at));
  }
  if (isSchema(schema['items'])) fields.push(...fieldsOf(schema['items'], `${path}[]`));
  const values = schema['additionalProperties'];
  if (isSchema(values)) fields.push(...fieldsOf(values, `${path}.*`));
  return [...fields, ...branchesOf(schema).flatMap((branch) => fieldsOf(branch, path))];
}

/** It is changed. */
export function layMeanings(schema: JsonSchema, meanings: Meanings): JsonSchema {
  for (const { path, schema: field } of fieldsOf(schema)) {
    const meaning = meanings[path];
    if (meaning === undefined) continue;
    const text = typeof meaning === 'string' ? meaning : meaning.text;
    Object.assign(field, { description: text });
    if (typeof meaning === 'object') layKnown(field, meaning.known);
  }
  return schema;
}

function layKnown(field: JsonSchema, known: readonly string[]): void {
  const values = isSchema(field['items']) ? field['items'] : field;
  Object.assign(values, { examples: [...known] });
}
