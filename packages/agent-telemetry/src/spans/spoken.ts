/** What a model's history says of calls and the request. */
import { readMessages, type Spoken } from '../messages/read-messages.ts';
import { unflatten } from '../messages/unflatten.ts';
import type { CallObservation, Observation } from '../model/observation.ts';
import { type FieldReader, isClaimed } from '../model/place.ts';
import type { SpanReading } from './reading.ts';

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
