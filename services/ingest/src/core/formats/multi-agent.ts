/** `multi-agent`: calls and hand-overs of one run; times are UTC. Labels are never read. */
import type { InputEvent } from '@waywarden/schemas';
import {
  type Fields,
  type FormatPosition,
  idText,
  isObject,
  type ParsedLine,
  syntheticTime,
  wrongShape,
} from './read-line.ts';

const FILE_KIND = 'multi-agent';
const DELEGATE = 'delegate';
const NO_ZONE = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?$/;

function timeOf(line: Fields, position: FormatPosition) {
  const { ts } = line;
  if (typeof ts === 'string' && ts !== '') {
    const time = NO_ZONE.test(ts) ? `${ts.replace(' ', 'T')}Z` : ts;
    return { event_time: time, event_time_quality: 'measured' } as const;
  }
  return { event_time: syntheticTime(position), event_time_quality: 'synthetic' } as const;
}

function outcomeOf(line: Fields): NonNullable<InputEvent['outcome']> {
  const { result_error: failed } = line;
  if (failed === true) return 'tool_error';
  return failed === false ? 'success' : 'unknown';
}

function delegating(line: Fields): Pick<InputEvent, 'activity' | 'target'> {
  const to = isObject(line['args']) ? idText(line['args']['to']) : undefined;
  return {
    activity: 'delegation',
    ...(to !== undefined && { target: { resource_type: 'agent', resource_id: to } }),
  };
}

function resultOf(line: Fields): Pick<InputEvent, 'result'> {
  const { result_len: size, result } = line;
  const hasSize = typeof size === 'number' && Number.isInteger(size) && size >= 0;
  const hasValue = result !== undefined && result !== null;
  if (!hasSize && !hasValue) return {};
  return { result: { ...(hasSize && { size }), ...(hasValue && { value: result }) } };
}

export function parseMultiAgentLine(line: unknown, position: FormatPosition): ParsedLine {
  if (!isObject(line)) return wrongShape('', 'a line is a JSON object');
  const traceId = idText(line['trace_id']);
  if (traceId === undefined) return wrongShape('trace_id', 'trace_id is a text of 1 to 512');
  const { step, agent_id: agent, parent_agent_id: parent, tool, user_task: request } = line;
  if (typeof step !== 'number' || !Number.isInteger(step) || step < 0) {
    return wrongShape('step', 'step is a whole number from 0');
  }
  if (typeof agent !== 'string' || agent === '')
    return wrongShape('agent_id', 'agent_id is a text');
  if (typeof tool !== 'string' || tool === '') return wrongShape('tool', 'tool is a text');
  const hasRequest = typeof request === 'string' && request !== '';
  const input: InputEvent = {
    native_id: `${FILE_KIND}/${traceId}/${step}`,
    ...timeOf(line, position),
    activity: 'tool_call',
    phase: 'completed',
    agent: { uid: agent },
    ...(typeof parent === 'string' &&
      parent !== '' && { delegation: { parent_agent_uid: parent } }),
    task: { id: traceId, ...(hasRequest && { request }) },
    tool: { name: tool },
    args: { value: line['args'] ?? {} },
    ...resultOf(line),
    outcome: outcomeOf(line),
    ...(tool === DELEGATE && delegating(line)),
  };
  return { ok: true, calls: [{ input, traceId, step }] };
}
