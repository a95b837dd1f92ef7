/** An event's task; its repeated request is cached. */
import { type AuditEvent, type InputEvent, REQUEST_LENGTH_MAX } from '@waywarden/schemas';
import { readRequest as readText } from '../text-signals/read-request.ts';
import { chainMemo, type DeriveContext } from './derive-context.ts';
import { inNormalForm } from './event-times.ts';
import type { ChainKeys, RequestSignals } from './readings.ts';
import type { Unmapped } from './unmapped.ts';
import { nameAsDestination } from './values.ts';

type Task = NonNullable<AuditEvent['task']>;
type Purpose = NonNullable<Task['purpose']>;

function readRequest(text: string, { memo, keys }: DeriveContext): RequestSignals {
  const known = memo.requests.get(text);
  if (known !== undefined && known.keys === keys) return known;
  const reading = readText(text);
  const values = reading.ids.map(keys.identifier);
  const made = { keys, reading, values, textHash: keys.hash('request', text) };
  memo.requests.set(text, made);
  return made;
}

function purposeOf(request: string, context: DeriveContext, chain: ChainKeys): Purpose {
  const text = request.slice(0, REQUEST_LENGTH_MAX);
  const { purposes } = chainMemo(context.memo, chain);
  return purposes.orMake(text, () => {
    const { reading, values, textHash } = readRequest(text, context);
    const { token } = chain.hashers;
    return {
      terms: [...reading.effects],
      tokens: reading.words.map(token),
      values,
      delegates: reading.delegates,
      sources: reading.sources.map(token),
      text_hash: textHash,
    };
  });
}

export function deriveTask(
  given: InputEvent['task'],
  context: DeriveContext,
  parts: { readonly chain: ChainKeys; readonly unmapped: Unmapped },
): Task | undefined {
  if (given === undefined) return undefined;
  const { id, workflow, subjects, deadline, purpose, request } = given;
  const task: Task = {};
  if (id !== undefined) task.id = id;
  if (workflow !== undefined) task.workflow = workflow;
  if (subjects !== undefined) {
    const { keys, memo } = context;
    task.subjects = subjects;
    task.subject_fps = subjects.map((uid) => nameAsDestination(uid, keys, memo.parties));
  }
  if (deadline !== undefined) task.deadline = inNormalForm(deadline);
  if (purpose !== undefined && context.trustFields) task.purpose = purpose;
  else if (request !== undefined && request !== '') {
    task.purpose = purposeOf(request, context, parts.chain);
    if (request.length > REQUEST_LENGTH_MAX) {
      parts.unmapped.refuse('task.request.cut_at', REQUEST_LENGTH_MAX);
    }
  }
  if (purpose !== undefined && !context.trustFields) {
    parts.unmapped.mention('task.purpose', purpose);
  }
  return task;
}
