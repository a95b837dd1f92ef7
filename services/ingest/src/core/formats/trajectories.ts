/** `trajectories`: a line is a run, without times. Labels are never read. */
import type { InputEvent } from '@waywarden/schemas';
import {
  type Fields,
  type FormatPosition,
  idText,
  isObject,
  type LineCall,
  type ParsedLine,
  syntheticTime,
  wrongShape,
} from './read-line.ts';

const FILE_KIND = 'trajectories';

interface Run {
  readonly traceId: string;
  readonly agent: string;
  readonly request: string | undefined;
  readonly model: string | undefined;
  readonly role: string | undefined;
}

function resultOf(call: Fields): NonNullable<InputEvent['result']> {
  const { result, result_len: length } = call;
  const result_ = result === undefined || result === null ? {} : { value: result };
  const size = typeof length === 'number' && Number.isInteger(length) && length >= 0 ? length : -1;
  return { ...result_, ...(size >= 0 && { size }) };
}

function toInput(run: Run, tool: string, call: Fields): InputEvent {
  const { args, error } = call;
  const failed = error !== undefined && error !== null && error !== false;
  return {
    event_time: '',
    event_time_quality: 'synthetic',
    activity: 'tool_call',
    phase: 'completed',
    agent: { uid: run.agent },
    task: { id: run.traceId, ...(run.request !== undefined && { request: run.request }) },
    tool: { name: tool },
    args: { value: args ?? {} },
    result: resultOf(call),
    outcome: failed ? 'tool_error' : 'success',
    ...(typeof error === 'string' && error !== '' && { error: { type: error.slice(0, 256) } }),
    ...(run.model !== undefined && { model: { name: run.model } }),
    ...(run.role !== undefined && { labels: { role: run.role } }),
  };
}

function optionalText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function parseTrajectoriesLine(line: unknown, position: FormatPosition): ParsedLine {
  if (!isObject(line)) return wrongShape('', 'a line is a JSON object');
  const traceId = idText(line['trace_id']);
  if (traceId === undefined) return wrongShape('trace_id', 'trace_id is a text of 1 to 512');
  const agent = optionalText(line['agent']);
  if (agent === undefined) return wrongShape('agent', 'agent is a text');
  const { calls } = line;
  if (!Array.isArray(calls)) return wrongShape('calls', 'calls is a list');
  const run: Run = {
    traceId,
    agent,
    request: optionalText(line['user_task']),
    model: optionalText(line['model']),
    role: optionalText(line['role']),
  };
  const found: LineCall[] = [];
  for (const [step, call] of calls.entries()) {
    const tool = isObject(call) ? optionalText(call['tool']) : undefined;
    if (tool === undefined) return wrongShape(`calls[${step}].tool`, 'tool is a text');
    const input = toInput(run, tool, call);
    input.native_id = `${FILE_KIND}/${traceId}/${step}`;
    input.event_time = syntheticTime({ ...position, index: position.index + step });
    found.push({ input, traceId, step });
  }
  return { ok: true, calls: found };
}
