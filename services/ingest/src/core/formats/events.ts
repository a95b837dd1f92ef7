/** `events`: a line is one input event. The acceptor's validator says what is wrong with it. */
import type { InputEvent } from '@waywarden/schemas';
import { type FormatPosition, idText, isObject, type ParsedLine, wrongShape } from './read-line.ts';

export function parseEventsLine(line: unknown, position: FormatPosition): ParsedLine {
  if (!isObject(line)) return wrongShape('', 'a line is a JSON object');
  const { task, trace_id: trace } = line;
  const taskId = isObject(task) ? idText(task['id']) : undefined;
  const traceId = taskId ?? idText(trace) ?? '';
  const input = line as unknown as InputEvent;
  return { ok: true, calls: [{ input, traceId, step: position.index }] };
}
