/** A mapping from JSON records to observations (`conventions/records/README.md`). It computes nothing. */
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { PATH, PATHS } from '../json/path.ts';
import { CALL_OUTCOMES, CHANNELS } from '../model/observation.ts';
import { once } from '../model/once.ts';

const SCALAR = z.union([z.string(), z.number(), z.boolean()]);

const CONDITION = z.strictObject({
  at: PATHS,
  in: z.array(SCALAR).min(1).optional(),
  from: z.number().optional(),
  to: z.number().optional(),
});

const FIELDS = z.strictObject({
  time: PATHS.optional(),
  duration_ms: PATHS.optional(),
  trace: PATHS.optional(),
  span: PATHS.optional(),
  parent: PATHS.optional(),
  traceparent: PATHS.optional(),
  session: PATHS.optional(),
  user: PATHS.optional(),
  service: PATHS.optional(),
  agent_id: PATHS.optional(),
  agent_name: PATHS.optional(),
  /** By token or certificate. */
  agent_identity: PATHS.optional(),
  task: PATHS.optional(),
  tool: PATHS.optional(),
  server: PATHS.optional(),
  call_id: PATHS.optional(),
  args: PATHS.optional(),
  result: PATHS.optional(),
  delegates_to: PATHS.optional(),
});

const MAPPING = z.strictObject({
  name: z.string().min(1),
  channel: z.enum(CHANNELS).default('log'),
  /** Of records in a body. */
  items: PATH.optional(),
  /** Every condition. */
  match: z.array(CONDITION).min(1),
  fields: FIELDS,
  /** By kind: `mcp`, `session`, `a2a`. */
  threads: z.record(z.string(), PATHS).default({}),
  /** Joined by `_`. */
  tool_of: z.array(PATH).optional(),
  args_of: z.record(z.string(), PATHS).optional(),
  server: z.string().optional(),
  absent_values: z.array(z.string()).default([]),
  /** The first that holds. */
  outcome: z.array(CONDITION.extend({ is: z.enum(CALL_OUTCOMES) })).default([]),
});

export type Mapping = z.infer<typeof MAPPING>;
export type MappingCondition = z.infer<typeof CONDITION>;

export type MappingText =
  | { readonly kind: 'mapping'; readonly mapping: Mapping }
  | { readonly kind: 'refused'; readonly problem: string };

/** Problems are returned. */
export function mappingOf(yaml: string): MappingText {
  let value: unknown;
  try {
    value = parse(yaml, { maxAliasCount: 100 });
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unreadable';
    return { kind: 'refused', problem: `The mapping is no YAML: ${reason}` };
  }
  const parsed = MAPPING.safeParse(value);
  return parsed.success
    ? { kind: 'mapping', mapping: parsed.data }
    : { kind: 'refused', problem: z.prettifyError(parsed.error) };
}

const FOLDER = new URL('../../conventions/records/', import.meta.url);

export const loadMappings = once((): readonly Mapping[] => {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.yaml'));
  return files.sort().map((file) => {
    const read = mappingOf(readFileSync(new URL(file, FOLDER), 'utf8'));
    if (read.kind === 'mapping') return read.mapping;
    throw new Error(`${file} is no mapping: ${read.problem}`);
  });
});
