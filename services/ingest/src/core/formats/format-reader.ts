/**
 * Reads a file's lines in order. The state is the count of calls and the last time given, so a
 * reader is made for each file.
 */
import type { Assurance } from '@waywarden/schemas';
import { cloudtrailParser } from './cloudtrail.ts';
import { parseEventsLine } from './events.ts';
import { parseMultiAgentLine } from './multi-agent.ts';
import type { FormatPosition, LineProblem, ParsedLine } from './read-line.ts';
import { parseTrajectoriesLine } from './trajectories.ts';

export const FORMATS = ['events', 'trajectories', 'multi-agent', 'cloudtrail'] as const;
export type Format = (typeof FORMATS)[number];

export function isFormat(text: string): text is Format {
  return (FORMATS as readonly string[]).includes(text);
}

type Parser = (line: unknown, position: FormatPosition) => ParsedLine;

const PARSERS: Readonly<Record<Format, () => Parser>> = {
  events: () => parseEventsLine,
  trajectories: () => parseTrajectoriesLine,
  'multi-agent': () => parseMultiAgentLine,
  cloudtrail: cloudtrailParser,
};

/** What the acceptor takes: an input not yet validated, or why there is none. */
export interface ReadItem {
  readonly input: unknown;
  readonly line: number;
  readonly bytes?: string | Uint8Array;
  /** Its size where the bytes were too many to be held. */
  readonly size?: number;
  /** How `bytes` are to be read when they are sent again; absent: an event as it stands. */
  readonly form?: 'cloudevent';
  readonly problem?: LineProblem;
  /** How far it is believed at most, whatever its token proves. */
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
      // The parser's own message quotes the line, which may hold clear arguments.
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
      // A line that is a whole run is no event: its calls hash by themselves.
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
