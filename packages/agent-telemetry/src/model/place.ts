/**
 * Places of the alias table: `key`, `key#in.json`, `$name`, `$parent`, `$resource:key`, `$event:NAME:key`, with ` ~
 * regex` for a part.
 */
import { isRecord } from '../json/path.ts';
import { pythonLiteral } from '../json/python-literal.ts';
import type { SpanRecord } from './span-record.ts';

export const JSON_TEXT_MAX = 4_000_000;

export type FieldReader = (record: SpanRecord) => unknown;

export function parsed(value: unknown): unknown {
  if (typeof value !== 'string' || value.length > JSON_TEXT_MAX) return value;
  const first = value.trimStart().charAt(0);
  if (first !== '{' && first !== '[' && first !== '"') return value;
  try {
    return JSON.parse(value);
  } catch {
    return first === '"' ? value : (pythonLiteral(value) ?? value);
  }
}

export function isClaimed(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

function inside(value: unknown, steps: readonly string[]): unknown {
  let at = parsed(value);
  for (const step of steps) {
    if (!isRecord(at) || !Object.hasOwn(at, step)) return undefined;
    at = parsed(at[step]);
  }
  return at;
}

function ofEvent(name: string, key: string | undefined): FieldReader {
  return ({ events }) => {
    const found = events.findLast((event) => event.name === name);
    return key === undefined ? found?.attributes : found?.attributes[key];
  };
}

function root(text: string): FieldReader {
  if (text === '$name') return (record) => record.name;
  if (text === '$parent') return (record) => record.parent;
  if (text.startsWith('$resource:')) {
    const key = text.slice('$resource:'.length);
    return (record) => record.resource[key];
  }
  if (text.startsWith('$event:')) {
    const [name = '', key] = text.slice('$event:'.length).split(':');
    return ofEvent(name, key);
  }
  return (record) => record.attributes[text];
}

/** Else an empty one. */
export function place(text: string): FieldReader {
  const [where = '', pattern] = text.split(' ~ ');
  const [base = '', path] = where.split('#');
  const find = root(base);
  const steps = path?.split('.');
  const at: FieldReader = steps === undefined ? find : (record) => inside(find(record), steps);
  if (pattern === undefined) return at;
  const regex = new RegExp(pattern, 'u');
  return (record) => {
    const value = at(record);
    return typeof value === 'string' ? regex.exec(value.slice(0, 512))?.[1] : undefined;
  };
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** The first that holds something; only where none does, an empty list or object. */
export function firstValue(
  places: readonly FieldReader[] | undefined,
  record: SpanRecord,
): unknown {
  let empty: unknown;
  for (const find of places ?? []) {
    const value = find(record);
    if (!isClaimed(value)) continue;
    if (!isEmpty(value)) return value;
    empty ??= value;
  }
  return empty;
}

/** W3C Trace Context: the span that made the request. */
export function traceParentOf(
  value: unknown,
): { readonly trace: string; readonly parent: string } | undefined {
  if (typeof value !== 'string') return undefined;
  const [, trace, parent] = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-/.exec(value) ?? [];
  if (trace === undefined || parent === undefined || /^0+$/.test(trace)) return undefined;
  return { trace, parent };
}
