/** JSON-RPC in a body: one value, a batch, or server-sent events. */
import { isRecord, type JsonRecord, parsedJson } from '../json/path.ts';

const VALUES_MAX = 10_000;

export interface RpcMessage {
  /** `n:1` and `s:1` differ. */
  readonly id: string | undefined;
  readonly method: string | undefined;
  readonly params: JsonRecord;
  readonly result: unknown;
  readonly error: JsonRecord | undefined;
}

/** WHATWG HTML. */
function eventData(body: string): readonly string[] {
  const events: string[] = [];
  for (const block of body.split(/\r?\n\r?\n|\r\r/)) {
    if (events.length >= VALUES_MAX) break;
    const data: string[] = [];
    for (const line of block.split(/\r\n|\n|\r/)) {
      if (line.startsWith('data:')) data.push(line.slice(line.startsWith('data: ') ? 6 : 5));
    }
    if (data.length > 0) events.push(data.join('\n'));
  }
  return events;
}

export function jsonValues(body: string): readonly unknown[] {
  const text = body.trim();
  if (text === '') return [];
  if (text[0] === '{' || text[0] === '[') {
    const whole = parsedJson(text);
    if (whole !== undefined) return Array.isArray(whole) ? whole.slice(0, VALUES_MAX) : [whole];
    return text
      .split('\n')
      .slice(0, VALUES_MAX)
      .flatMap((line) => parsedJson(line) ?? []);
  }
  return eventData(text).flatMap((data) => parsedJson(data) ?? []);
}

export function rpcIdOf(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return `n:${value}`;
  return typeof value === 'string' ? `s:${value.slice(0, 256)}` : undefined;
}

export function rpcMessageOf(value: unknown): RpcMessage | undefined {
  if (!isRecord(value) || value['jsonrpc'] !== '2.0') return undefined;
  const method = value['method'];
  const params = value['params'];
  const error = value['error'];
  return {
    id: rpcIdOf(value['id']),
    method: typeof method === 'string' ? method.slice(0, 256) : undefined,
    params: isRecord(params) ? params : {},
    result: value['result'],
    error: isRecord(error) ? error : undefined,
  };
}

export function rpcMessages(values: readonly unknown[]): readonly RpcMessage[] {
  return values.flatMap((value) => rpcMessageOf(value) ?? []);
}
