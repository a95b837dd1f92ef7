/**
 * JSON Schemas for editors, of the files that people write: as the contracts, but closed, with the capabilities
 * that are known and the actions that go with a level. Readers tolerate more: they know future keys.
 */
import { TARGET_LEVELS } from '../commands/target.ts';
import { fieldsOf } from '../meanings/index.ts';
import { CLASS_LADDER } from '../policy/policy.ts';
import { CAPABILITY_SYMBOLS } from '../vocabulary/capability.ts';
import { type ContractName, type JsonSchema, jsonSchemaOf, schemaId } from './json-schema.ts';

export const EDITOR_FILES = ['policy', 'registry', 'catalogue'] as const;
export type EditorFile = (typeof EDITOR_FILES)[number] & ContractName;

const VERBS = [...new Set(CAPABILITY_SYMBOLS.map((one) => one.split(':')[0]))];
const WITH_VERBS = [...CAPABILITY_SYMBOLS, ...VERBS.map((verb) => `${verb}:*`)];
const ENVIRONMENT = '(@(prod|nonprod))?';

/** Completed from the list; the pattern adds prefix and environment. */
const oneOf = (known: readonly string[], prefix: string) => ({
  anyOf: [
    { enum: known },
    { pattern: `^${prefix}(${known.join('|').replaceAll('*', '\\*')})${ENVIRONMENT}$` },
  ],
});
const SYMBOL = oneOf(CAPABILITY_SYMBOLS, '');
const STEP = oneOf([...WITH_VERBS, '*'], '(attempted:)?');
const GRANT = oneOf([...WITH_VERBS, '*'], '');
const ACTION_AT_LEVEL = {
  anyOf: Object.entries(TARGET_LEVELS).map(([level, { actions }]) => ({
    properties: { level: { const: level }, action: { enum: [...actions, CLASS_LADDER] } },
  })),
};

/** By the path of the list whose items it describes, or of the field itself. */
const VALUES: Readonly<Record<EditorFile, Readonly<Record<string, JsonSchema>>>> = {
  policy: {
    'combinations[].steps[].any': STEP,
    'rules[].actions': ACTION_AT_LEVEL,
    'classes.*.sensitive': GRANT,
    'classes.*.critical': GRANT,
    'classes.*.environments.*.sensitive': GRANT,
    'classes.*.environments.*.critical': GRANT,
  },
  registry: {
    'agents[].grants': GRANT,
    'principals[].grants': GRANT,
    'workflows[].envelope.capabilities': GRANT,
    'workflows[].approvals[].envelope.capabilities': GRANT,
    'tools[].capabilities[].symbol': SYMBOL,
  },
  catalogue: { 'tools[].capabilities[].symbol': SYMBOL },
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

function close(schema: unknown): void {
  if (!isObject(schema)) return;
  if (isObject(schema['properties']) && schema['additionalProperties'] === undefined) {
    schema['additionalProperties'] = false;
  }
  for (const inner of Object.values(schema)) close(inner);
}

export function editorSchemaOf(name: EditorFile): JsonSchema {
  const schema = jsonSchemaOf(name);
  close(schema);
  for (const { path, schema: field } of fieldsOf(schema)) {
    const values = VALUES[name][path];
    const items: unknown = field['items'];
    if (values !== undefined) Object.assign(isObject(items) ? items : field, values);
  }
  return { ...schema, $id: schemaId(name).replace('/v1', '/editor/v1') };
}
