import { describe, expect, it } from 'vitest';
import type { JsonSchema } from './json-schema.ts';
import { schemaBreaks } from './json-schema-compatibility.ts';

const object = (properties: JsonSchema, required: readonly string[] = []): JsonSchema => ({
  type: 'object',
  properties,
  required,
});
const string: JsonSchema = { type: 'string', maxLength: 10 };

describe('a schema breaks its released version when', () => {
  it.each<[string, JsonSchema, JsonSchema, string]>([
    ['a property goes', object({ a: string }), object({}), 'removed'],
    [
      'a property is required',
      object({ a: string }),
      object({ a: string }, ['a']),
      'newly required',
    ],
    ['a new property is required', object({}), object({ a: string }, ['a']), 'newly required'],
    ['a value leaves an enum', { enum: ['a', 'b'] }, { enum: ['a'] }, '"b" is no longer'],
    ['a text becomes an enum', string, { ...string, enum: ['a'] }, 'limited to a list'],
    ['an enum becomes a constant', { enum: [1, 2] }, { const: 1 }, '2 is no longer'],
    ['a type changes', { type: 'string' }, { type: 'number' }, 'string is no longer'],
    ['number becomes integer', { type: 'number' }, { type: 'integer' }, 'number is no longer'],
    ['null goes', { type: ['string', 'null'] }, { type: 'string' }, 'null is no longer'],
    ['anything becomes a text', {}, { type: 'string' }, 'is new'],
    ['a text gets shorter', string, { ...string, maxLength: 9 }, 'from 10 to 9'],
    ['a text gets a limit', { type: 'string' }, string, 'maxLength 10 is new'],
    ['a text must be longer', string, { ...string, minLength: 1 }, 'minLength 1 is new'],
    ['a minimum rises', { minimum: 0 }, { minimum: 1 }, 'from 0 to 1'],
    ['a maximum falls', { maximum: 1 }, { maximum: 0.5 }, 'from 1 to 0.5'],
    ['a pattern changes', { pattern: '^a' }, { pattern: '^b' }, 'pattern is new or differs'],
    ['a pattern comes', string, { ...string, pattern: '^b' }, 'pattern is new or differs'],
    ['a list gets shorter', { maxItems: 9 }, { maxItems: 8 }, 'from 9 to 8'],
    ['an unknown keyword comes', string, { ...string, dependentSchemas: {} }, 'is new'],
    ['a condition comes', object({}), { ...object({}), if: {} }, 'is new'],
    ['objects are closed', object({}), { ...object({}), additionalProperties: false }, 'narrower'],
    ['an alternative goes', { anyOf: [string, { type: 'null' }] }, { anyOf: [string] }, 'null'],
    ['alternatives come', {}, { anyOf: [string] }, 'alternatives are new'],
  ])('%s', (_, before, after, problem) => {
    const breaks = schemaBreaks(before, after);
    expect(breaks.map((b) => b.problem).join()).toContain(problem);
  });

  it('it breaks deep inside: in lists, maps and alternatives, and the place is named', () => {
    const wrap = (inner: JsonSchema) =>
      object({
        list: { type: 'array', items: { anyOf: [{ type: 'null' }, object({ a: inner })] } },
        map: { type: 'object', additionalProperties: inner, propertyNames: inner },
      });
    const breaks = schemaBreaks(wrap(string), wrap({ type: 'string', maxLength: 9 }));
    expect(breaks.map((b) => b.path)).toEqual([
      'properties/list/items/anyOf/1/properties/a',
      'properties/map/additionalProperties',
      'properties/map/propertyNames',
    ]);
  });
});

describe('a schema stays compatible when', () => {
  it.each<[string, JsonSchema, JsonSchema]>([
    ['nothing changes', object({ a: string }, ['a']), object({ a: string }, ['a'])],
    ['an optional property comes', object({}), object({ a: string })],
    ['a property is no longer required', object({ a: string }, ['a']), object({ a: string })],
    ['an enum grows', { enum: ['a'] }, { enum: ['b', 'a'] }],
    ['an enum becomes a text', { type: 'string', enum: ['a'] }, { type: 'string' }],
    ['integer becomes number', { type: 'integer' }, { type: 'number' }],
    ['null is accepted as well', { type: 'string' }, { type: ['string', 'null'] }],
    ['limits widen', { maxLength: 5, minimum: 2 }, { maxLength: 6, minimum: 1 }],
    ['limits go', string, { type: 'string' }],
    ['a pattern goes', { pattern: 'a' }, {}],
    ['an alternative comes', { oneOf: [string] }, { oneOf: [{ type: 'null' }, string] }],
    ['texts about it change', { title: 'a' }, { title: 'b', description: 'c', default: 1 }],
    ['objects open', { additionalProperties: false }, { additionalProperties: {} }],
  ])('%s', (_, before, after) => {
    expect(schemaBreaks(before, after)).toEqual([]);
  });
});
