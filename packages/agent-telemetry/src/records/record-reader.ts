/** Reads JSON records by mappings. */

import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { boundedValue, contentOfResult } from '../json/bounded-value.ts';
import {
  firstAt,
  idAt,
  idOf,
  isRecord,
  PATH,
  PATHS,
  textOf,
  timeOf,
  unwrapped,
  valueAt,
} from '../json/path.ts';
import { once } from '../model/lazy.ts';
import {
  CALL_OUTCOMES,
  type CallObservation,
  type CallOutcome,
  CHANNELS,
  type Observation,
  type ReadResult,
  type SpanPlace,
} from '../model/observation.ts';
import { traceParentOf } from '../model/place.ts';

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

/** A mapping from JSON records to observations (`conventions/records/README.md`). It computes nothing. */
export type Mapping = z.infer<typeof MAPPING>;
type MappingCondition = z.infer<typeof CONDITION>;

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

const RECORDS_MAX = 20_000;
const KEYS_NAMED_MAX = 12;

function holds(condition: MappingCondition, record: unknown): boolean {
  const value = firstAt(record, condition.at);
  if (value === undefined) return false;
  const { from, to } = condition;
  if (from !== undefined || to !== undefined) {
    const number = typeof value === 'string' && value !== '' ? Number(value) : value;
    if (typeof number !== 'number' || Number.isNaN(number)) return false;
    return number >= (from ?? -Infinity) && number <= (to ?? Infinity);
  }
  if (condition.in === undefined) return value !== '' && value !== false;
  const text = String(isRecord(value) || Array.isArray(value) ? '' : value);
  return condition.in.some((one) => String(one) === text);
}

function outcomeOf(record: unknown, mapping: Mapping): CallOutcome | undefined {
  return mapping.outcome.find((rule) => holds(rule, record))?.is;
}

function placeOf(record: unknown, { fields }: Mapping): SpanPlace | undefined {
  const trace = idAt(record, fields.trace);
  if (trace === undefined) return traceParentOf(firstAt(record, fields.traceparent));
  return { trace, span: idAt(record, fields.span), parent: idAt(record, fields.parent) };
}

function threadsOf(record: unknown, mapping: Mapping): readonly string[] | undefined {
  const threads = Object.entries(mapping.threads).flatMap(([kind, paths]) => {
    const id = idAt(record, paths);
    return id === undefined ? [] : [`${kind}:${id}`];
  });
  return threads.length === 0 ? undefined : threads;
}

function mappedText(mapping: Mapping, value: unknown): unknown {
  const inside = unwrapped(value);
  return typeof inside === 'string' && mapping.absent_values.includes(inside) ? undefined : inside;
}

function argsOf(record: unknown, mapping: Mapping): unknown {
  if (mapping.args_of === undefined) {
    return boundedValue(mappedText(mapping, firstAt(record, mapping.fields.args)));
  }
  const pairs = Object.entries(mapping.args_of).map(
    ([name, paths]) => [name, boundedValue(mappedText(mapping, firstAt(record, paths)))] as const,
  );
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined));
}

function toolOf(record: unknown, mapping: Mapping): string | undefined {
  const own = idAt(record, mapping.fields.tool);
  if (own !== undefined || mapping.tool_of === undefined) return own;
  const parts = mapping.tool_of.flatMap((path) => idOf(valueAt(record, path)) ?? []);
  return parts.length === 0 ? undefined : parts.join('_');
}

function callOf(record: unknown, mapping: Mapping): CallObservation | undefined {
  const tool = toolOf(record, mapping);
  if (tool === undefined) return undefined;
  const { fields } = mapping;
  const outcome = outcomeOf(record, mapping);
  const to = idAt(record, fields.delegates_to);
  return {
    stage: outcome === 'denied' ? 'decided' : 'executed',
    tool,
    server: idAt(record, fields.server) ?? mapping.server,
    callId: idAt(record, fields.call_id),
    args: argsOf(record, mapping),
    result: contentOfResult(mappedText(mapping, firstAt(record, fields.result))),
    outcome,
    delegatesTo: to === undefined ? undefined : { name: to },
  };
}

/** Other units are not guessed. */
function durationOf(value: unknown): number | undefined {
  const [, digits] = /^(\d+(?:\.\d+)?)(?:ms)?$/.exec(idOf(value) ?? '') ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/** `undefined`: not this mapping's. */
export function readMappedRecord(record: unknown, mapping: Mapping): Observation | undefined {
  if (!isRecord(record) || !mapping.match.every((one) => holds(one, record))) return undefined;
  const { fields } = mapping;
  const identity = idAt(record, fields.agent_identity);
  const name = identity ?? idAt(record, fields.agent_name);
  const id = idAt(record, fields.agent_id);
  const isAuthenticated = identity !== undefined;
  const at = timeOf(firstAt(record, fields.time));
  const duration = durationOf(firstAt(record, fields.duration_ms));
  return {
    channel: mapping.channel,
    convention: mapping.name,
    at,
    until: at === undefined || duration === undefined ? undefined : at + duration,
    place: placeOf(record, mapping),
    threads: threadsOf(record, mapping),
    session: idAt(record, fields.session),
    user: idAt(record, fields.user),
    service: idAt(record, fields.service),
    agent:
      name === undefined && id === undefined
        ? undefined
        : { name, id, ...(isAuthenticated && { isAuthenticated }) },
    call: callOf(record, mapping),
    task: textOf(firstAt(record, fields.task)),
  };
}

function recordsIn(body: unknown, mappings: readonly Mapping[]): readonly unknown[] {
  if (Array.isArray(body)) return body;
  for (const { items } of mappings) {
    const inside = items === undefined ? undefined : valueAt(body, items);
    if (Array.isArray(inside)) return inside;
  }
  return [body];
}

export class RecordReader {
  readonly #mappings: readonly Mapping[];

  constructor(mappings: readonly Mapping[] = loadMappings()) {
    this.#mappings = mappings;
  }

  read(body: unknown): ReadResult {
    const records = recordsIn(body, this.#mappings);
    const observations: Observation[] = [];
    let rejected = Math.max(0, records.length - RECORDS_MAX);
    let problem =
      rejected === 0
        ? undefined
        : `${records.length} records at once are more than ${RECORDS_MAX}; send the rest apart.`;
    for (const record of records.slice(0, RECORDS_MAX)) {
      const observation = this.#readOne(record);
      if (observation !== undefined) observations.push(observation);
      else {
        rejected += 1;
        problem ??= unreadable(record);
      }
    }
    return problem === undefined ? { observations, rejected } : { observations, rejected, problem };
  }

  #readOne(record: unknown): Observation | undefined {
    for (const mapping of this.#mappings) {
      const observation = readMappedRecord(record, mapping);
      if (observation !== undefined) return observation;
    }
    return undefined;
  }
}

function unreadable(record: unknown): string {
  if (!isRecord(record)) return 'A record is no JSON object; send one object a record.';
  const keys = Object.keys(record).slice(0, KEYS_NAMED_MAX);
  return `No mapping reads a record with the fields ${keys.map((key) => key.slice(0, 40)).join(', ')}; write one and try it with \`waywarden map try FILE\`.`;
}
