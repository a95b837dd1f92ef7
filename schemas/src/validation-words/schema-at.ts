/** The JSON Schema of a place of a file. */
import type { JsonSchema } from '../json/json-schema.ts';

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
