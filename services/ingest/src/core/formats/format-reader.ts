import type { Assurance, InputEvent } from '@waywarden/schemas';
import { cloudtrailParser } from './cloudtrail.ts';
import { parseMultiAgentLine } from './multi-agent.ts';
import {
  type FormatPosition,
  idText,
  isObject,
  type LineProblem,
  type ParsedLine,
  wrongShape,
} from './read-line.ts';
import { parseTrajectoriesLine } from './trajectories.ts';

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
