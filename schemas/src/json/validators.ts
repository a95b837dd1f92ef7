/** Validators compiled from the JSON Schema at first use; a test holds them equal to zod. */
import {
  _,
  Ajv2020,
  type CodeKeywordDefinition,
  type ErrorObject,
  str,
  type ValidateFunction,
} from 'ajv/dist/2020.js';
import type { Alert } from '../alerts/alert.ts';
import type { AuditEvent } from '../events/audit-event.ts';
import type { BaselinePartial } from '../events/baseline-records.ts';
import type { InputEvent } from '../events/input-event.ts';
import type { PrivilegeStep } from '../events/privilege-step.ts';
import type { PrivilegeLink, ValueFlow } from '../records/cross-agent-records.ts';
import { type ContractName, type JsonSchema, jsonSchemaOf } from './json-schema.ts';

export interface ValidationProblem {
  /** `result.values.3.fp`; empty: the record. */
  readonly path: string;
  readonly reason: string;
}

/** As zod and JSON Schema (6.3) count. */
function codePoints(text: string): number {
  let length = text.length;
  for (let at = 0; at < text.length; at++) {
    if ((text.codePointAt(at) ?? 0) > 0xffff) {
      length--;
      at++;
    }
  }
  return length;
}

/** Counts only where it can matter. */
function lengthKeyword(keyword: 'maxLength' | 'minLength'): CodeKeywordDefinition {
  return {
    keyword,
    type: 'string',
    schemaType: 'number',
    error: {
      message: ({ schemaCode }) =>
        str`must have ${keyword === 'maxLength' ? 'at most' : 'at least'} ${schemaCode} characters`,
    },
    code: (context) => {
      const { data, schema, gen } = context;
      const count = gen.scopeValue('func', { ref: codePoints });
      context.fail(
        keyword === 'maxLength'
          ? _`${data}.length > ${schema} && ${count}(${data}) > ${schema}`
          : _`${data}.length < ${schema} || (${data}.length < ${2 * schema} && ${count}(${data}) < ${schema})`,
      );
    },
  };
}

const ajv = new Ajv2020({ strict: true, allErrors: false, logger: false, inlineRefs: false });
for (const keyword of ['maxLength', 'minLength'] as const) {
  ajv.removeKeyword(keyword).addKeyword(lengthKeyword(keyword));
}
const compiled = new Map<ContractName, ValidateFunction>();

/** ajv makes a function of each. */
function hoistObjects(schema: JsonSchema): JsonSchema {
  const definitions: Record<string, JsonSchema> = {};
  const hoist = (value: unknown, isRoot: boolean): unknown => {
    if (Array.isArray(value)) return value.map((item) => hoist(item, false));
    if (typeof value !== 'object' || value === null) return value;
    const inner: Record<string, unknown> = {};
    for (const [key, part] of Object.entries(value)) inner[key] = hoist(part, false);
    if (isRoot || inner['type'] !== 'object') return inner;
    const id = `o${Object.keys(definitions).length}`;
    definitions[id] = inner;
    return { $ref: `#/$defs/${id}` };
  };
  const root = hoist(schema, true) as JsonSchema;
  return { ...root, $defs: definitions };
}

function validatorOf(name: ContractName): ValidateFunction {
  let validate = compiled.get(name);
  if (validate === undefined) {
    validate = ajv.compile(hoistObjects(jsonSchemaOf(name)));
    compiled.set(name, validate);
  }
  return validate;
}

export function validateAuditEvent(value: unknown): value is AuditEvent {
  return validatorOf('audit-event')(value);
}

export function validateInputEvent(value: unknown): value is InputEvent {
  return validatorOf('input-event')(value);
}

export function validatePrivilegeStep(value: unknown): value is PrivilegeStep {
  return validatorOf('privilege-step')(value);
}

export function validateValueFlow(value: unknown): value is ValueFlow {
  return validatorOf('value-flow')(value);
}

export function validatePrivilegeLink(value: unknown): value is PrivilegeLink {
  return validatorOf('privilege-link')(value);
}

export function validateBaselinePartial(value: unknown): value is BaselinePartial {
  return validatorOf('baseline-partial')(value);
}

export function validateAlert(value: unknown): value is Alert {
  return validatorOf('alert')(value);
}

/** It may be in clear. */
function problemOf(error: ErrorObject): ValidationProblem {
  const path = error.instancePath.slice(1).replaceAll('/', '.').replaceAll('~1', '/');
  const missing: unknown = error.params['missingProperty'];
  if (error.keyword === 'required' && typeof missing === 'string') {
    return { path: path === '' ? missing : `${path}.${missing}`, reason: 'is missing' };
  }
  const allowed: unknown = error.params['allowedValues'] ?? error.params['allowedValue'];
  const list = allowed === undefined ? '' : `: ${JSON.stringify(allowed)}`;
  return { path, reason: `${error.message ?? error.keyword}${list}` };
}

/** Empty: valid. */
export function errorsOf(name: ContractName, value: unknown): readonly ValidationProblem[] {
  const validate = validatorOf(name);
  return validate(value) ? [] : (validate.errors ?? []).map(problemOf);
}
