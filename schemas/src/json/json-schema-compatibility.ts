/** Whether a JSON Schema still accepts what its release did. Unknown keywords may not change. */
import type { JsonSchema } from './json-schema.ts';

export interface SchemaBreak {
  /** Where, as a path of keywords: `properties/agent/properties/uid`. */
  readonly path: string;
  readonly problem: string;
}

const ANNOTATIONS: ReadonlySet<string> = new Set([
  '$schema',
  '$id',
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
]);
const UPPER_BOUNDS = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'];
const LOWER_BOUNDS = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'];
const SUBSCHEMAS = ['items', 'additionalProperties', 'propertyNames', 'contains', 'not'];
const COMPARED: ReadonlySet<string> = new Set([
  ...['properties', 'required', 'type', 'enum', 'const', 'anyOf', 'oneOf'],
  ...UPPER_BOUNDS,
  ...LOWER_BOUNDS,
  ...SUBSCHEMAS,
]);

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

/** `enum` and `const` are one question: which values are allowed at all. */
function allowedValues(schema: JsonSchema): readonly string[] | undefined {
  if (Object.hasOwn(schema, 'const')) return [JSON.stringify(schema['const'])];
  return Object.hasOwn(schema, 'enum')
    ? listOf(schema['enum']).map((value) => JSON.stringify(value))
    : undefined;
}

function typeProblems(old: JsonSchema, now: JsonSchema): readonly string[] {
  const types = listOf(now['type']);
  if (types.length === 0) return [];
  if (old['type'] === undefined) return [`type ${types.join(', ')} is new`];
  return listOf(old['type'])
    .filter((t) => !types.includes(t) && !(t === 'integer' && types.includes('number')))
    .map((t) => `type ${String(t)} is no longer accepted`);
}

function valueProblems(old: JsonSchema, now: JsonSchema): readonly string[] {
  const [before, after] = [allowedValues(old), allowedValues(now)];
  if (after === undefined) return [];
  if (before === undefined) return ['the values are now limited to a list'];
  return before.filter((v) => !after.includes(v)).map((v) => `value ${v} is no longer accepted`);
}

function boundProblems(old: JsonSchema, now: JsonSchema): readonly string[] {
  const problems: string[] = [];
  const check = (keyword: string, isNarrower: (before: number, after: number) => boolean) => {
    const after = now[keyword];
    if (typeof after !== 'number') return;
    const before = old[keyword];
    if (typeof before !== 'number') problems.push(`${keyword} ${after} is new`);
    else if (isNarrower(before, after)) problems.push(`${keyword} went from ${before} to ${after}`);
  };
  for (const keyword of UPPER_BOUNDS) check(keyword, (before, after) => after < before);
  for (const keyword of LOWER_BOUNDS) check(keyword, (before, after) => after > before);
  return problems;
}

function requiredProblems(old: JsonSchema, now: JsonSchema): readonly string[] {
  const before = listOf(old['required']);
  return listOf(now['required'])
    .filter((name) => !before.includes(name))
    .map((name) => `${String(name)} is newly required`);
}

function otherProblems(old: JsonSchema, now: JsonSchema): readonly string[] {
  return Object.keys(now)
    .filter((keyword) => !COMPARED.has(keyword) && !ANNOTATIONS.has(keyword))
    .filter((keyword) => JSON.stringify(now[keyword]) !== JSON.stringify(old[keyword]))
    .map((keyword) => `${keyword} is new or differs`);
}

function propertyBreaks(old: JsonSchema, now: JsonSchema, path: string): SchemaBreak[] {
  const before = isSchema(old['properties']) ? old['properties'] : {};
  const after = isSchema(now['properties']) ? now['properties'] : {};
  return Object.entries(before).flatMap(([name, schema]) => {
    const place = `${path}properties/${name}`;
    const current = after[name];
    if (!isSchema(current) || !isSchema(schema)) {
      return [{ path: place, problem: 'the property was removed' }];
    }
    return compare(schema, current, place);
  });
}

function subschemaBreaks(old: JsonSchema, now: JsonSchema, path: string): SchemaBreak[] {
  return SUBSCHEMAS.flatMap((keyword) => {
    const [before, after] = [old[keyword], now[keyword]];
    // Absent and `true` accept everything.
    if (after === undefined || after === true) return [];
    const place = `${path}${keyword}`;
    if (isSchema(after) && Object.keys(after).length === 0) return [];
    if (isSchema(before) && isSchema(after)) return compare(before, after, place);
    return before === after ? [] : [{ path: place, problem: 'the schema is narrower' }];
  });
}

function branchBreaks(old: JsonSchema, now: JsonSchema, path: string): SchemaBreak[] {
  return ['anyOf', 'oneOf'].flatMap((keyword) => {
    const after = listOf(now[keyword]).filter(isSchema);
    if (after.length === 0) return [];
    const before = listOf(old[keyword]).filter(isSchema);
    if (before.length === 0) return [{ path: path + keyword, problem: 'the alternatives are new' }];
    return before.flatMap((branch, at) => {
      const place = `${path}${keyword}/${at}`;
      const breaks = after.map((candidate) => compare(branch, candidate, place));
      if (breaks.some((b) => b.length === 0)) return [];
      return breaks.reduce((least, b) => (b.length < least.length ? b : least));
    });
  });
}

function compare(old: JsonSchema, now: JsonSchema, place: string): SchemaBreak[] {
  const path = place === '' ? '' : `${place}/`;
  const problems = [
    ...typeProblems(old, now),
    ...valueProblems(old, now),
    ...boundProblems(old, now),
    ...requiredProblems(old, now),
    ...otherProblems(old, now),
  ];
  return [
    ...problems.map((problem) => ({ path: place, problem })),
    ...propertyBreaks(old, now, path),
    ...subschemaBreaks(old, now, path),
    ...branchBreaks(old, now, path),
  ];
}

/** Empty: compatible. */
export function schemaBreaks(released: JsonSchema, current: JsonSchema): readonly SchemaBreak[] {
  return compare(released, current, '');
}
