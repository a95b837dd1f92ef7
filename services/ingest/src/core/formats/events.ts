/**
 * `events`: one line is one input event as it stands in contracts.md. It is handed on as it came;
 * the acceptor's validator says what is wrong with it. `trace_id` and `step` of a scored line are the
 * event's task (or trace) and its place in the file.
 */
import type { InputEvent } from '@waywarden/schemas';
import { type FormatPosition, idText, isObject, type ParsedLine, wrongShape } from './read-line.ts';

export function parseEventsLine(line: unknown, position: FormatPosition): ParsedLine {
  if (!isObject(line)) return wrongShape('', 'a line is a JSON object');
  const { task, trace_id: trace } = line;
  const taskId = isObject(task) ? idText(task['id']) : undefined;
  const traceId = taskId ?? idText(trace) ?? '';
  // Not validated here: the acceptor does it once, for every way in.
  const input = line as unknown as InputEvent;
  return { ok: true, calls: [{ input, traceId, step: position.index }] };
}
