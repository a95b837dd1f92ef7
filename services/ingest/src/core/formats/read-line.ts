import { formatLogTime, type InputEvent, parseLogTime } from '@waywarden/schemas';

export interface FormatPosition {
  readonly index: number;
  readonly lastTime?: string;
  readonly sinceLast?: number;
}

export interface LineProblem {
  readonly code:
    | 'not_json'
    | 'not_utf8'
    | 'line_too_long'
    | 'too_deep'
    | 'too_many_values'
    | 'duplicate_key'
    | 'wrong_shape';
  /** Empty: the line. */
  readonly field: string;
  readonly detail: string;
}

export interface LineCall {
  readonly input: InputEvent;
  readonly traceId: string;
  readonly step: number;
}

export type ParsedLine =
  | { readonly ok: true; readonly calls: readonly LineCall[] }
  | { readonly ok: false; readonly problem: LineProblem };

export function wrongShape(field: string, detail: string): ParsedLine {
  return { ok: false, problem: { code: 'wrong_shape', field, detail } };
}

export type Fields = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const EPOCH_MS = 1_767_225_600_000;
const STEP_MS = 1000;
const NS_PER_MS = 1_000_000;

/** A nanosecond each. */
export function syntheticTime(position: FormatPosition): string {
  const last = position.lastTime === undefined ? undefined : parseLogTime(position.lastTime);
  if (last === undefined) {
    return formatLogTime({ ms: EPOCH_MS + position.index * STEP_MS, ns: 0 });
  }
  const ns = last.ns + 1 + (position.sinceLast ?? 0);
  return formatLogTime({ ms: last.ms + Math.floor(ns / NS_PER_MS), ns: ns % NS_PER_MS });
}

export function idText(value: unknown): string | undefined {
  return typeof value === 'string' && value.length > 0 && value.length <= 512 ? value : undefined;
}
