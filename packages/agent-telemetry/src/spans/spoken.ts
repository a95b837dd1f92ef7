/** What a model's history says of calls and the request. */
import { readMessages, type Spoken } from '../messages/read-messages.ts';
import { unflatten } from '../messages/unflatten.ts';
import type { CallObservation, Observation } from '../model/observation.ts';
import { type FieldReader, firstValue, isClaimed, parsed } from '../model/place.ts';
import type { SpanRecord } from '../model/span-record.ts';
import type { Convention, ConventionTable, FieldName, SpanRole } from './convention-table.ts';

interface Utterance {
  readonly spoken: Spoken;
  readonly isAnswer: boolean;
}

function valuesOf(
  reading: SpanReading,
  places: readonly FieldReader[],
  prefixes: readonly string[],
) {
  const { record } = reading;
  const role = /^gen_ai\.(\w+)\.message$/u.exec(record.name)?.[1];
  const values = places.map((place) => place(record)).filter(isClaimed);
  return [
    ...values.map((value) =>
      role !== undefined && typeof value === 'object' ? { role, ...value } : value,
    ),
    ...prefixes.map((prefix) => unflatten(record.attributes, prefix)),
  ];
}

export function spokenOf(reading: SpanReading): readonly Utterance[] {
  const isModel = reading.has('model');
  return reading.conventions.flatMap(({ inputs, outputs, flatInputs, flatOutputs }) => [
    ...valuesOf(reading, inputs, flatInputs).flatMap((value) =>
      readMessages(value).map((spoken) => ({ spoken, isAnswer: false })),
    ),
    ...valuesOf(reading, outputs, flatOutputs).flatMap((value) =>
      readMessages(value).map((spoken) => ({ spoken, isAnswer: isModel })),
    ),
  ]);
}

export function spokenCall({ spoken: one, isAnswer }: Utterance): CallObservation | undefined {
  if (one.is === 'requested') {
    const { tool, callId, args } = one;
    return { stage: 'requested', tool, callId, args, isAsked: isAnswer };
  }
  if (one.is === 'answered') {
    const { tool = '', callId, result, outcome } = one;
    return { stage: 'requested', tool, callId, result: result ?? '', outcome };
  }
  if (one.is === 'task') return undefined;
  const outcome = one.approved ? undefined : 'denied';
  return { stage: 'decided', tool: '', callId: one.callId, outcome };
}

export type Frame = Omit<Observation, 'call' | 'task' | 'channel'>;

export function spokenObservations(
  utterances: readonly Utterance[],
  frame: Frame,
): readonly Observation[] {
  const { isAgentRun: _run, isStep: _step, fact: _fact, definitions: _defs, ...plain } = frame;
  const seen = new Set<string>();
  return utterances.flatMap((one): readonly Observation[] => {
    const call = spokenCall(one);
    if (call === undefined) return [];
    const key = `${one.spoken.is}|${call.callId}|${call.isAsked === true}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return [{ ...plain, channel: 'message', call }];
  });
}

export const NAME_MAX = 512;

/** JSON strings lose their quotes. */
export function short(value: unknown): string | undefined {
  if (typeof value === 'string') {
    const text = value.startsWith('"') ? parsed(value.slice(0, NAME_MAX)) : value;
    return text === '' || typeof text !== 'string' ? undefined : text.slice(0, NAME_MAX);
  }
  return typeof value === 'number' ? String(value) : undefined;
}

/** What a record's conventions say of it: the first place of each field. */
export class SpanReading {
  readonly record: SpanRecord;
  readonly conventions: readonly Convention[];
  readonly table: ConventionTable;

  constructor(record: SpanRecord, table: ConventionTable) {
    this.record = record;
    this.table = table;
    this.conventions = table.of(record);
  }

  has(role: SpanRole): boolean {
    return this.conventions.some(({ roles }) =>
      (roles.get(role) ?? []).some((fits) => fits(this.record)),
    );
  }

  value(field: FieldName): unknown {
    for (const { fields } of this.conventions) {
      const value = firstValue(fields.get(field), this.record);
      if (isClaimed(value) && !this.table.withheld.has(value)) return value;
    }
    return undefined;
  }

  name(field: FieldName): string | undefined {
    return short(this.value(field));
  }

  agentName(field: 'agent' | 'run' | 'label'): string | undefined {
    for (const { fields } of this.conventions) {
      for (const place of fields.get(field) ?? []) {
        const name = short(place(this.record));
        if (name !== undefined && !this.table.placeholders.has(name)) return name;
      }
    }
    return undefined;
  }

  /** No placeholder. */
  toolName(): string | undefined {
    let placeholder: string | undefined;
    for (const { fields } of this.conventions) {
      for (const place of fields.get('tool') ?? []) {
        const name = short(place(this.record));
        if (name !== undefined && !this.table.placeholders.has(name)) return name;
        placeholder ??= name;
      }
    }
    return placeholder;
  }

  get convention(): string {
    return this.conventions[0]?.name ?? 'none';
  }
}
