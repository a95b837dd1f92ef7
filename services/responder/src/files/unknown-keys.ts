/** Keys that a contract lacks, so that a misspelt `never_revoke` is reported. Strict for what people write. */
import type { JsonSchema } from '@waywarden/schemas';
import { didYouMean } from '@waywarden/schemas';

export interface UnknownKey {
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

export function unknownKeys(
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
