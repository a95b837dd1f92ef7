/**
 * Lays meanings over a JSON Schema, and lists its fields by path for the pages and the tests.
 *
 * Both walk the schema alike, so that a path which a page shows is the path by which the meaning is
 * found. Only annotations are added (`description`, and `examples` for the known values of an open
 * vocabulary): editors complete them and no validator refuses anything for them.
 */
import type { Meanings } from './meaning.ts';

/** As in `json-schema.ts`, which imports this file. */
type JsonSchema = { readonly [keyword: string]: unknown };

export interface SchemaField {
  /** `agents[].profile.tools`; see `Meanings`. */
  readonly path: string;
  /** The field's own schema: a `description`, where one was laid, belongs to it. */
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

/** Every field below `schema`, parents first; a field of several branches appears in each. */
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

/** `schema` with its fields' meanings; it is a tree that nobody else holds, and is changed. */
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
