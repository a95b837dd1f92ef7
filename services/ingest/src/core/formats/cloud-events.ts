/** CloudEvents 1.0 over HTTP as input events; the rest is `ce.<name>`. */
import { CLOUD_EVENT_SPECVERSION, EXTENSIONS_MAX } from '@waywarden/schemas';
import type { ReadItem } from './format-reader.ts';
import { parseBounded } from './read-json.ts';
import { type Fields, isObject, type LineProblem } from './read-line.ts';

const OWN = new Set(['specversion', 'id', 'source', 'type', 'data', 'data_base64']);
const OPTIONAL = new Set(['subject', 'time', 'dataschema', 'datacontenttype']);
const ATTRIBUTE_NAME = /^[a-z0-9]{1,64}$/;
const UNSENDABLE = /[\p{Cc}\p{Cs}]/u;
const SPACE = /\s/;
const JSON_TYPE = /^[^;]*[/+]json\s*(;|$)/i;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

function wrong(field: string, detail: string): LineProblem {
  return { code: 'wrong_shape', field, detail };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && !UNSENDABLE.test(value);
}

function attributeProblem(event: Fields): LineProblem | undefined {
  if (event['specversion'] !== CLOUD_EVENT_SPECVERSION) {
    return wrong('specversion', `specversion is ${CLOUD_EVENT_SPECVERSION}`);
  }
  for (const name of ['id', 'source', 'type']) {
    if (!isText(event[name])) return wrong(name, `${name} is a text without control characters`);
  }
  if (SPACE.test(String(event['source']))) return wrong('source', 'source is a URI reference');
  let extensions = 0;
  for (const [name, value] of Object.entries(event)) {
    if (OWN.has(name) || value === null) continue;
    if (!ATTRIBUTE_NAME.test(name)) return wrong('', 'an attribute name is not allowed');
    if (typeof value === 'object') return wrong(name, `${name} is no text, number or truth value`);
    if (typeof value === 'string' && UNSENDABLE.test(value)) {
      return wrong(name, `${name} is a text without control characters`);
    }
    if (!OPTIONAL.has(name) && ++extensions > EXTENSIONS_MAX) {
      return wrong('', `more than ${EXTENSIONS_MAX} extensions`);
    }
  }
  const type = event['datacontenttype'];
  if (type !== undefined && type !== null && !(isText(type) && JSON_TYPE.test(type))) {
    return wrong('datacontenttype', 'the data are JSON');
  }
  return undefined;
}

function base64Text(base64: string): string | undefined {
  if (!BASE64.test(base64)) return undefined;
  try {
    const bytes = Uint8Array.from(atob(base64), (unit) => unit.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function dataOf(event: Fields): { readonly data: Fields } | { readonly problem: LineProblem } {
  const base64 = event['data_base64'];
  if (base64 === undefined || base64 === null) {
    const { data } = event;
    return isObject(data) ? { data } : { problem: wrong('data', 'data is an event (an object)') };
  }
  const text = typeof base64 === 'string' ? base64Text(base64) : undefined;
  const parsed = text === undefined ? undefined : parseBounded(text);
  if (parsed?.ok === true && isObject(parsed.value)) return { data: parsed.value };
  return { problem: wrong('data_base64', 'data_base64 is an event (a JSON object in UTF-8)') };
}

export function readCloudEvent(item: ReadItem): ReadItem {
  const marked: ReadItem = { ...item, form: 'cloudevent' };
  if (item.problem !== undefined) return marked;
  const event = item.input;
  if (!isObject(event)) return { ...marked, problem: wrong('', 'a CloudEvent is a JSON object') };
  const problem = attributeProblem(event);
  if (problem !== undefined) return { ...marked, problem };
  const found = dataOf(event);
  if ('problem' in found) return { ...marked, problem: found.problem };
  const input: Record<string, unknown> = { ...found.data };
  for (const [name, value] of Object.entries(event)) {
    if (name === 'data' || name === 'data_base64' || name === 'specversion') continue;
    input[`ce.${name}`] = value;
  }
  // No space is in a source.
  input['native_id'] ??= `${event['source']} ${event['id']}`;
  if (event['time'] !== undefined) input['event_time'] ??= event['time'];
  return { ...marked, input };
}

const HEADER_PREFIX = 'ce-';

function headerText(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}

/** Both go one way. */
export function structuredFrom(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  body: ReadItem,
): ReadItem {
  if (body.problem !== undefined) return body;
  const event: Record<string, unknown> = {};
  let bad: string | undefined;
  for (const [header, value] of Object.entries(headers)) {
    if (!header.startsWith(HEADER_PREFIX)) continue;
    const name = header.slice(HEADER_PREFIX.length);
    const text = typeof value === 'string' ? headerText(value) : undefined;
    if (text === undefined) bad ??= name;
    event[name] = text ?? String(value);
  }
  event['data'] = body.input;
  const item = { ...body, input: event, bytes: JSON.stringify(event) };
  if (bad === undefined) return readCloudEvent(item);
  const problem = wrong(bad, `${bad} is percent-encoded UTF-8`);
  return { ...item, form: 'cloudevent', problem };
}
