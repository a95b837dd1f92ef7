/**
 * How the hooks of one client are read: a table of data, `conventions/hooks/<client>.yaml`. A new
 * client is a new file and no code. `conventions/hooks/README.md` says what each entry means.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { PATH, PATHS } from '../json/path.ts';
import { CALL_OUTCOMES, STAGES } from '../model/observation.ts';
import { once } from '../model/once.ts';

const OUTCOME_BY_VALUE = z.strictObject({
  at: PATHS,
  /** The value as text → what it means. */
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
  /** The event tells of a call that came so far. */
  stage: z.enum(STAGES).optional(),
  outcome: z.enum(CALL_OUTCOMES).optional(),
  outcome_by: OUTCOME_BY_VALUE.optional(),
  /** Tools of which the event comes whether they failed or not: it says no outcome of them. */
  outcome_unsaid_for: z.array(z.string()).optional(),
  /** The tool, where the payload has no field for it because the event is of one tool only. */
  tool: z.string().optional(),
  /** The arguments are these fields of the payload, where no field holds them together. */
  args_of: z.array(z.string()).optional(),
  /** A list of calls in the payload. */
  each: PATH.optional(),
  /** Comes once for all calls of a turn: what was asked for and not executed was denied. */
  concludes: z.boolean().optional(),
  /** The event asks about a call that another event has told of. */
  asks: z.boolean().optional(),
  /** An observation that counts only in sessions where none of these events is sent. */
  only_without: z.array(z.string()).optional(),
  /** The event tells of an agent rather than of a call. */
  fact: z.boolean().optional(),
  /** The event holds what a person asked for. */
  task: z.boolean().optional(),
  /** Counts only where all of these are there, or none of those. */
  if_present: PATHS.optional(),
  if_absent: PATHS.optional(),
  /** The event waits for an answer: the one that refuses the call, with `$event` and `$reason` in it. */
  deny: z.record(z.string(), z.unknown()).optional(),
  fields: FIELDS.optional(),
});

const DELEGATION = z.strictObject({
  tools: z.array(z.string()).min(1),
  to_name: PATHS.optional(),
  to_id: PATHS.optional(),
  /** The call only started the other agent: it has no result yet. */
  launched_by: z.strictObject({ at: PATHS, values: z.array(z.string()).min(1) }).optional(),
});

/** A prompt that no person wrote: the result of an agent that worked in the background. */
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
  /** Each of `present` is there (in one of its places), and none of `absent`. */
  match: z.strictObject({ present: z.array(PATHS), absent: z.array(PATHS).default([]) }),
  /** Where the payload names its event; else it is what the sender says beside it. */
  event: PATHS,
  /** Who acts where no agent is named. */
  main_agent: z.string().optional(),
  fields: FIELDS,
  delegation: DELEGATION.optional(),
  agent_result: AGENT_RESULT.optional(),
  /** Texts by which a refused call shows that its arguments were wrong. */
  error_texts: z.array(z.string()).default([]),
  events: z.record(z.string(), EVENT),
});

export type HookTable = z.infer<typeof HOOK_TABLE>;
export type HookEvent = z.infer<typeof EVENT>;
export type HookFields = z.infer<typeof FIELDS>;

const FOLDER = new URL('../../conventions/hooks/', import.meta.url);

/** The shipped tables, the most particular first. */
export const loadHookTables = once((): readonly HookTable[] => {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.yaml'));
  const tables = files.sort().map((file) => {
    const parsed = HOOK_TABLE.safeParse(parse(readFileSync(new URL(file, FOLDER), 'utf8')));
    if (parsed.success) return parsed.data;
    throw new Error(`${file} is no hook table: ${z.prettifyError(parsed.error)}`);
  });
  return tables.sort((a, b) => b.match.present.length - a.match.present.length);
});
