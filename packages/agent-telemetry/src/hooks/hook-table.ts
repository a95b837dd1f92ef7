/** How one client's hooks are read: `conventions/hooks/<client>.yaml` (README.md there). */
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { PATH, PATHS } from '../json/path.ts';
import { once } from '../model/lazy.ts';
import { CALL_OUTCOMES, STAGES } from '../model/observation.ts';

const OUTCOME_BY_VALUE = z.strictObject({
  at: PATHS,
  values: z.record(z.string(), z.enum(CALL_OUTCOMES)),
});

const FIELDS = z.strictObject({
  session: PATHS.optional(),
  user: PATHS.optional(),
  time: PATHS.optional(),
  duration_ms: PATHS.optional(),
  agent_id: PATHS.optional(),
  agent_name: PATHS.optional(),
  parent_id: PATHS.optional(),
  tool: PATHS.optional(),
  server: PATHS.optional(),
  call_id: PATHS.optional(),
  args: PATHS.optional(),
  result: PATHS.optional(),
  error: PATHS.optional(),
  prompt: PATHS.optional(),
  traceparent: PATHS.optional(),
});

const EVENT = z.strictObject({
  stage: z.enum(STAGES).optional(),
  outcome: z.enum(CALL_OUTCOMES).optional(),
  outcome_by: OUTCOME_BY_VALUE.optional(),
  /** They report no outcome. */
  outcome_unsaid_for: z.array(z.string()).optional(),
  /** The event is of one tool only. */
  tool: z.string().optional(),
  /** Where no field holds them together. */
  args_of: z.array(z.string()).optional(),
  each: PATH.optional(),
  /** Unexecuted calls of the turn were denied. */
  concludes: z.boolean().optional(),
  asks: z.boolean().optional(),
  /** Unless one of these events is sent. */
  only_without: z.array(z.string()).optional(),
  fact: z.boolean().optional(),
  task: z.boolean().optional(),
  if_present: PATHS.optional(),
  if_absent: PATHS.optional(),
  /** Refuses the call; `$event`, `$reason`. */
  deny: z.record(z.string(), z.unknown()).optional(),
  fields: FIELDS.optional(),
});

const DELEGATION = z.strictObject({
  tools: z.array(z.string()).min(1),
  to_name: PATHS.optional(),
  to_id: PATHS.optional(),
  /** The agent has only begun. */
  launched_by: z.strictObject({ at: PATHS, values: z.array(z.string()).min(1) }).optional(),
});

/** The result of a background agent. */
const AGENT_RESULT = z.strictObject({
  prefix: z.string().min(1),
  tool: z.string(),
  call_id: z.string(),
  agent_id: z.string(),
  status: z.string(),
  result: z.string(),
  outcomes: z.record(z.string(), z.enum(CALL_OUTCOMES)),
});

const HOOK_TABLE = z.strictObject({
  name: z.string().min(1),
  /** Each of `present`, none of `absent`. */
  match: z.strictObject({ present: z.array(PATHS), absent: z.array(PATHS).default([]) }),
  /** Else the sender says it. */
  event: PATHS,
  /** Who acts where no agent is named. */
  main_agent: z.string().optional(),
  fields: FIELDS,
  delegation: DELEGATION.optional(),
  agent_result: AGENT_RESULT.optional(),
  /** Of wrong arguments. */
  error_texts: z.array(z.string()).default([]),
  events: z.record(z.string(), EVENT),
});

export type HookTable = z.infer<typeof HOOK_TABLE>;
export type HookEvent = z.infer<typeof EVENT>;
export type HookFields = z.infer<typeof FIELDS>;

const FOLDER = new URL('../../conventions/hooks/', import.meta.url);

/** Most particular first. */
export const loadHookTables = once((): readonly HookTable[] => {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.yaml'));
  const tables = files.sort().map((file) => {
    const parsed = HOOK_TABLE.safeParse(parse(readFileSync(new URL(file, FOLDER), 'utf8')));
    if (parsed.success) return parsed.data;
    throw new Error(`${file} is no hook table: ${z.prettifyError(parsed.error)}`);
  });
  return tables.sort((a, b) => b.match.present.length - a.match.present.length);
});
