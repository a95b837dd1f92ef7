import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { alert } from '../alerts/alert.ts';
import { auditEvent } from '../events/audit-event.ts';
import { inputEvent } from '../events/input-event.ts';
import { privilegeStep } from '../events/privilege-step.ts';
import { type ContractName, type JsonSchema, jsonSchemaOf } from './json-schema.ts';
import * as validators from './validators.ts';

const hotPaths: readonly [ContractName, z.ZodType, (value: unknown) => boolean][] = [
  ['audit-event', auditEvent, validators.validateAuditEvent],
  ['input-event', inputEvent, validators.validateInputEvent],
  ['privilege-step', privilegeStep, validators.validatePrivilegeStep],
  ['alert', alert, validators.validateAlert],
];

const schemaIn = (schema: JsonSchema, keyword: string) => (schema[keyword] ?? {}) as JsonSchema;
const number = (schema: JsonSchema, keyword: string, fallback: number) =>
  Math.min(Number(schema[keyword] ?? fallback), fallback);

function objectOf(schema: JsonSchema): fc.Arbitrary<unknown> {
  const properties = Object.entries(schemaIn(schema, 'properties'));
  const required = (schema['required'] ?? []) as string[];
  if (properties.length > 0) {
    const model: Record<string, fc.Arbitrary<unknown>> = Object.fromEntries(
      properties.map(([name, inner]) => [name, valid(inner as JsonSchema)]),
    );
    return fc.record(model, { requiredKeys: required });
  }
  const names = schemaIn(schema, 'propertyNames');
  const key = 'type' in names ? (valid(names) as fc.Arbitrary<string>) : fc.string();
  return fc.dictionary(key, valid(schemaIn(schema, 'additionalProperties')), { maxKeys: 3 });
}

/** Documents that a generated schema accepts; mostly the edges of its limits. */
function valid(schema: JsonSchema): fc.Arbitrary<unknown> {
  if ('const' in schema) return fc.constant(schema['const']);
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...schema['enum']);
  const branches = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(branches)) return fc.oneof(...branches.map(valid));
  switch (schema['type']) {
    case 'object':
      return objectOf(schema);
    case 'array':
      return fc.array(valid(schemaIn(schema, 'items')), {
        maxLength: number(schema, 'maxItems', 3),
        minLength: number(schema, 'minItems', 0),
      });
    case 'string': {
      if (schema['pattern']) return fc.stringMatching(new RegExp(String(schema['pattern']), 'u'));
      const [min, max] = [Number(schema['minLength'] ?? 0), Number(schema['maxLength'] ?? 20)];
      return fc.oneof(
        { weight: 9, arbitrary: fc.string({ minLength: min, maxLength: Math.min(20, max) }) },
        { weight: 1, arbitrary: fc.constant('😀'.repeat(max / 2)) },
      );
    }
    case 'integer':
      return fc.integer({
        min: Math.max(1, Number(schema['minimum'] ?? 0)),
        max: number(schema, 'maximum', 1000),
      });
    case 'number':
      return fc.double({ min: 0, max: number(schema, 'maximum', 1), noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      return fc.jsonValue({ maxDepth: 1 });
  }
}

/** Replaces, removes or adds something at a place that `path` selects. */
function mutate(document: unknown, path: readonly number[], value: unknown, how: number): unknown {
  const copy = structuredClone(document) as Record<string, unknown>;
  let at: Record<string, unknown> = copy;
  for (const [depth, choice] of path.entries()) {
    const keys = Object.keys(at);
    const key = keys[choice % Math.max(1, keys.length)] ?? 'extra';
    const next = at[key];
    if (typeof next === 'object' && next !== null && depth < path.length - 1) {
      at = next as Record<string, unknown>;
      continue;
    }
    if (how === 0) delete at[key];
    else if (how === 1) at['extra'] = value;
    else at[key] = value;
    return copy;
  }
  return copy;
}

const oddValue = fc.oneof(
  fc.constantFrom<unknown>('', null, -1, 0, 1.5, 2 ** 53, true, [], {}, 'unknown', 'tool_call'),
  fc.constantFrom('x'.repeat(128), 'x'.repeat(129), 'x'.repeat(512), '😀'.repeat(257), 'a|b'),
  fc.constantFrom('2026-11-24T09:00:00Z', '2026-11-24', '2026-11-24T09:00:00.1234567890Z'),
  fc.jsonValue(),
);

describe.each(hotPaths)('the compiled validator of %s', (name, schema, validate) => {
  const records = valid(jsonSchemaOf(name));

  it('accepts what zod accepts', () => {
    fc.assert(
      fc.property(records, (record) => {
        const byZod = schema.safeParse(record).success;
        // Input events have one refinement that the generator does not know.
        if (name !== 'input-event') expect(byZod).toBe(true);
        expect(validate(record)).toBe(byZod);
        expect(validators.errorsOf(name, record)).toHaveLength(byZod ? 0 : 1);
      }),
      { numRuns: 60 },
    );
  });

  it('refuses exactly what zod refuses, when anything is changed anywhere', () => {
    const path = fc.array(fc.nat({ max: 99 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(records, path, oddValue, fc.nat({ max: 3 }), (record, at, value, how) => {
        const changed = mutate(record, at, value, how);
        expect(validate(changed), JSON.stringify(changed)).toBe(schema.safeParse(changed).success);
      }),
      { numRuns: 300 },
    );
  });

  it('refuses what is no object', () => {
    for (const value of [null, undefined, 1, 'x', [], true]) expect(validate(value)).toBe(false);
  });
});

describe('problems', () => {
  it('name the place and never the value', () => {
    const secret = 'hunter2hunter2';
    const event = {
      event_time: secret,
      activity: 'tool_call',
      agent: { uid: 'a' },
      tool: { name: 'x' },
    };
    const [problem] = validators.errorsOf('input-event', event);
    expect(problem?.path).toBe('event_time');
    expect(problem?.reason).toContain('pattern');
    expect(JSON.stringify(problem)).not.toContain(secret);
  });

  it('name what is missing, and the allowed values', () => {
    const event = { event_time: '2026-11-24T09:00:00Z', activity: 'heartbeat', agent: {} };
    expect(validators.errorsOf('input-event', event)).toEqual([
      { path: 'agent.uid', reason: 'is missing' },
    ]);
    const odd = { ...event, agent: { uid: 'a' }, effect: 'fly' };
    expect(validators.errorsOf('input-event', odd)[0]).toMatchObject({ path: 'effect' });
    expect(validators.errorsOf('input-event', odd)[0]?.reason).toContain('"read"');
  });

  it('a tool call without a tool is refused', () => {
    const event = {
      event_time: '2026-11-24T09:00:00Z',
      activity: 'tool_call',
      agent: { uid: 'a' },
    };
    expect(validators.errorsOf('input-event', event)).toEqual([
      { path: 'tool', reason: 'is missing' },
    ]);
    expect(validators.validateInputEvent({ ...event, activity: 'heartbeat' })).toBe(true);
  });
});
