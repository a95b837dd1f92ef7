/** The alias table `conventions/spans.yaml`. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { once } from '../model/lazy.ts';
import { type FieldReader, isClaimed, place } from '../model/place.ts';
import type { SpanRecord } from '../model/span-record.ts';

const ROLES = ['tool', 'agent', 'step', 'model', 'decision', 'handoff', 'request', 'born'] as const;
export type SpanRole = (typeof ROLES)[number];

export const FIELDS = [
  'tool',
  'server',
  'callId',
  'args',
  'result',
  'agent',
  'run',
  'agentId',
  'label',
  'parent',
  'session',
  'user',
  'task',
  'from',
  'to',
  'delegate',
  'decision',
  'errorType',
] as const;
export type FieldName = (typeof FIELDS)[number];

const OUTCOMES = ['success', 'error', 'denied', 'cancelled', 'pending'] as const;

const valueSchema = z.union([z.string(), z.number(), z.boolean()]);
const conditionSchema = z.record(z.string(), z.array(valueSchema).min(1));
const conventionSchema = z.strictObject({
  name: z.string(),
  source: z.string(),
  when: z.array(z.string()).optional(),
  names: z.array(z.string()).optional(),
  roles: z.partialRecord(z.enum(ROLES), z.array(conditionSchema)).optional(),
  fields: z.partialRecord(z.enum(FIELDS), z.array(z.string())).optional(),
  inputs: z.array(z.string()).optional(),
  outputs: z.array(z.string()).optional(),
  flatInputs: z.array(z.string()).optional(),
  flatOutputs: z.array(z.string()).optional(),
  definitions: z.array(z.string()).optional(),
  threads: z.record(z.string(), z.array(z.string())).optional(),
  resultAlways: z.boolean().optional(),
  mainAgent: z.string().optional(),
  outcomes: z.array(z.strictObject({ is: z.enum(OUTCOMES), when: conditionSchema })).optional(),
});
const tableSchema = z.strictObject({
  answers: z.strictObject({ refused: z.string(), failed: z.string() }),
  placeholders: z.array(z.string()),
  withheld: z.array(z.string()),
  controlFlow: z.strictObject({
    success: z.array(z.string()),
    pending: z.array(z.string()),
    cancelled: z.array(z.string()),
  }),
  conventions: z.array(conventionSchema),
});

type Condition = (record: SpanRecord) => boolean;

interface ArgumentPlaces {
  readonly inputs: readonly FieldReader[];
  readonly outputs: readonly FieldReader[];
  readonly flatInputs: readonly string[];
  readonly flatOutputs: readonly string[];
  readonly resultAlways: boolean;
}

export interface Convention extends ArgumentPlaces {
  readonly name: string;
  readonly source: string;
  readonly roles: ReadonlyMap<SpanRole, readonly Condition[]>;
  readonly fields: ReadonlyMap<FieldName, readonly FieldReader[]>;
  readonly definitions: readonly FieldReader[];
  readonly threads: readonly { readonly kind: string; readonly places: readonly FieldReader[] }[];
  readonly mainAgent: string | undefined;
  readonly outcomes: readonly {
    readonly is: (typeof OUTCOMES)[number];
    readonly when: Condition;
  }[];
}

export interface ConventionTable {
  readonly conventions: readonly Convention[];
  readonly placeholders: ReadonlySet<string>;
  readonly withheld: ReadonlySet<unknown>;
  readonly controlFlow: {
    readonly success: readonly string[];
    readonly pending: readonly string[];
    readonly cancelled: readonly string[];
  };
  readonly answers: { readonly refused: RegExp; readonly failed: RegExp };
  of(record: SpanRecord): readonly Convention[];
}

function test(at: FieldReader, wanted: string | number | boolean): Condition {
  if (wanted === '*') return (record) => isClaimed(at(record));
  if (wanted === '!') return (record) => !isClaimed(at(record));
  if (typeof wanted === 'string' && wanted.startsWith('=')) {
    const other = place(wanted.slice(1));
    return (record) => isClaimed(at(record)) && at(record) === other(record);
  }
  if (typeof wanted === 'string' && wanted.startsWith('*')) {
    const part = wanted.slice(1);
    return (record) => String(at(record) ?? '').includes(part);
  }
  return (record) => at(record) === wanted;
}

function condition(source: z.infer<typeof conditionSchema>): Condition {
  const all = Object.entries(source).map(([key, values]) => {
    const at = place(key);
    const any = values.map((value) => test(at, value));
    return (record: SpanRecord) => any.some((one) => one(record));
  });
  return (record) => all.every((one) => one(record));
}

function compile(source: z.infer<typeof conventionSchema>): Convention {
  const places = (list: readonly string[] | undefined) => (list ?? []).map(place);
  return {
    name: source.name,
    source: source.source,
    roles: new Map(
      ROLES.map((role) => [role, (source.roles?.[role] ?? []).map(condition)] as const),
    ),
    fields: new Map(FIELDS.map((field) => [field, places(source.fields?.[field])] as const)),
    inputs: places(source.inputs),
    outputs: places(source.outputs),
    flatInputs: source.flatInputs ?? [],
    flatOutputs: source.flatOutputs ?? [],
    definitions: places(source.definitions),
    threads: Object.entries(source.threads ?? {}).map(([kind, list]) => ({
      kind,
      places: places(list),
    })),
    resultAlways: source.resultAlways ?? false,
    mainAgent: source.mainAgent,
    outcomes: (source.outcomes ?? []).map(({ is, when }) => ({ is, when: condition(when) })),
  };
}

/** As bits of positions. */
function index(sources: readonly z.infer<typeof conventionSchema>[]) {
  const byKey = new Map<string, number>();
  const byName = new Map<string, number>();
  for (const [position, { when, names }] of sources.entries()) {
    for (const key of when ?? []) byKey.set(key, (byKey.get(key) ?? 0) | (1 << position));
    for (const name of names ?? []) byName.set(name, (byName.get(name) ?? 0) | (1 << position));
  }
  return { byKey, byName };
}

/** Throws with the place. */
export function readConventionTable(text: string): ConventionTable {
  const source = tableSchema.parse(parse(text));
  if (source.conventions.length > 31) throw new RangeError('more than 31 conventions');
  const conventions = source.conventions.map(compile);
  const { byKey, byName } = index(source.conventions);
  // Few sets occur.
  const sets = new Map<number, readonly Convention[]>();
  return {
    conventions,
    placeholders: new Set(source.placeholders),
    withheld: new Set(source.withheld),
    controlFlow: source.controlFlow,
    answers: {
      refused: new RegExp(source.answers.refused, 'iu'),
      failed: new RegExp(source.answers.failed, 'iu'),
    },
    of({ attributes, name }) {
      let bits = byName.get(name) ?? 0;
      for (const key in attributes) bits |= byKey.get(key) ?? 0;
      let set = sets.get(bits);
      if (set === undefined) {
        set = conventions.filter((_, position) => (bits & (1 << position)) !== 0);
        sets.set(bits, set);
      }
      return set;
    },
  };
}

export const conventionTable = once(() =>
  readConventionTable(
    readFileSync(new URL('../../conventions/spans.yaml', import.meta.url), 'utf8'),
  ),
);
