import type { Assurance, InputEvent } from '@waywarden/schemas';
import { cloudtrailParser } from './cloudtrail.ts';
import {
  type Fields,
  type FormatPosition,
  idText,
  isObject,
  type LineProblem,
  type ParsedLine,
  syntheticTime,
  wrongShape,
} from './read-line.ts';
import { parseTrajectoriesLine } from './trajectories.ts';

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

/** `multi-agent`: calls and hand-overs of one run; times are UTC. Labels are never read. */
function parseMultiAgentLine(line: unknown, position: FormatPosition): ParsedLine {
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

function parseEventsLine(line: unknown, position: FormatPosition): ParsedLine {
  if (!isObject(line)) return wrongShape('', 'a line is a JSON object');
  const { task, trace_id: trace } = line;
  const taskId = isObject(task) ? idText(task['id']) : undefined;
  const traceId = taskId ?? idText(trace) ?? '';
  const input = line as unknown as InputEvent;
  return { ok: true, calls: [{ input, traceId, step: position.index }] };
}

export const FORMATS = ['events', 'trajectories', 'multi-agent', 'cloudtrail'] as const;
export type Format = (typeof FORMATS)[number];

type Parser = (line: unknown, position: FormatPosition) => ParsedLine;

const PARSERS: Readonly<Record<Format, () => Parser>> = {
  events: () => parseEventsLine,
  trajectories: () => parseTrajectoriesLine,
  'multi-agent': () => parseMultiAgentLine,
  cloudtrail: cloudtrailParser,
};

/** Or why there is none. */
export interface ReadItem {
  readonly input: unknown;
  readonly line: number;
  readonly bytes?: string | Uint8Array;
  readonly size?: number;
  /** Absent: an event. */
  readonly form?: 'cloudevent';
  readonly problem?: LineProblem;
  /** At most. */
  readonly believed?: Assurance;
  readonly traceId?: string;
  readonly step?: number;
}

export class FormatReader {
  readonly #parse: Parser;
  readonly #isOneCall: boolean;
  #position: { index: number; lastTime?: string; sinceLast: number } = { index: 0, sinceLast: 0 };

  constructor(format: Format) {
    this.#parse = PARSERS[format]();
    this.#isOneCall = format !== 'trajectories';
  }

  read(text: string, line: number): readonly ReadItem[] {
    if (text.trim() === '') return [];
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      const problem = { code: 'not_json', field: '', detail: 'the line is not JSON' } as const;
      return [{ input: undefined, line, bytes: text, problem }];
    }
    const parsed = this.#parse(json, this.#position);
    if (!parsed.ok) return [{ input: undefined, line, bytes: text, problem: parsed.problem }];
    for (const { input } of parsed.calls) this.#advance(input);
    return parsed.calls.map(({ input, traceId, step }) => ({
      input,
      line,
      traceId,
      step,
      // Calls of a run hash by themselves.
      ...(this.#isOneCall && { bytes: text }),
    }));
  }

  #advance(input: {
    readonly event_time: string;
    readonly event_time_quality?: string | undefined;
  }) {
    this.#position.index += 1;
    if (input.event_time_quality === 'synthetic') {
      this.#position.sinceLast += 1;
      return;
    }
    this.#position.lastTime = input.event_time;
    this.#position.sinceLast = 0;
  }
}
