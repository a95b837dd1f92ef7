/**
 * From a request's bytes to items for the acceptor. Of NDJSON each line stands for itself: a bad one
 * becomes a dead letter and the others go on. A JSON array or object is one document: when it is not
 * JSON there is nothing to keep apart, so the whole request is refused.
 */
import type { ReadItem } from '../core/formats/format-reader.ts';
import { HttpRefusal } from './http-error.ts';

/** Events of one request. */
export const EVENTS_MAX = 10_000;

const decoder = new TextDecoder('utf-8', { fatal: true });

function textOf(body: Uint8Array): string {
  try {
    return decoder.decode(body);
  } catch {
    throw new HttpRefusal('not_utf8');
  }
}

function readLine(text: string, line: number): ReadItem {
  try {
    return { input: JSON.parse(text), line, bytes: text };
  } catch {
    // The parser's message quotes the line, which may hold clear arguments.
    const problem = { code: 'not_json', field: '', detail: 'the line is not JSON' } as const;
    return { input: undefined, line, bytes: text, problem };
  }
}

function readLines(text: string): readonly ReadItem[] {
  const items: ReadItem[] = [];
  let line = 0;
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf('\n', from);
    const one = text.slice(from, end < 0 ? text.length : end);
    from = end < 0 ? text.length : end + 1;
    line += 1;
    if (one.trim() === '') continue;
    if (items.length >= EVENTS_MAX) throw new HttpRefusal('too_many_events');
    items.push(readLine(one, line));
  }
  return items;
}

function readDocument(text: string): readonly ReadItem[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new HttpRefusal('not_json');
  }
  if (!Array.isArray(json)) return [{ input: json, line: 1, bytes: text }];
  if (json.length > EVENTS_MAX) throw new HttpRefusal('too_many_events');
  return json.map((input: unknown, index) => ({ input, line: index + 1 }));
}

export function readBody(body: Uint8Array, isLines: boolean): readonly ReadItem[] {
  const text = textOf(body);
  const items = text.trim() === '' ? [] : isLines ? readLines(text) : readDocument(text);
  if (items.length === 0) throw new HttpRefusal('empty_body');
  return items;
}
