/** CloudEvents 1.0 in Kafka, binary mode (1.0.2, 3.2); decodes structured too. `cloudevents` loses `partitionkey`. */
import { CE_HEADER_PREFIX, HEADERS } from '../crypto/headers.ts';

export const CLOUD_EVENT_SPECVERSION = '1.0';
export const JSON_CONTENT_TYPE = 'application/json';
const STRUCTURED_PREFIX = 'application/cloudevents';
/** More are refused. */
export const EXTENSIONS_MAX = 32;

export interface CloudEventAttributes {
  readonly id: string;
  /** `/waywarden/<service>`. */
  readonly source: string;
  readonly type: string;
  readonly subject?: string;
  readonly time?: string;
  /** Of the data. */
  readonly dataschema?: string;
  readonly partitionkey?: string;
  /** Absent: none named. */
  readonly datacontenttype?: string;
}

export type DecodedCloudEvent =
  | {
      readonly ok: true;
      readonly attributes: CloudEventAttributes;
      readonly extensions: Readonly<Record<string, string>>;
      /** Null: tombstone. */
      readonly data: Uint8Array | null;
    }
  | { readonly ok: false; readonly reason: string };

export function cloudEventType(topicName: string): string {
  return `dev.${topicName}`;
}

const OPTIONAL = ['subject', 'time', 'dataschema', 'partitionkey'] as const;
const OPTIONAL_HEADERS = OPTIONAL.map((name) => [name, CE_HEADER_PREFIX + name] as const);
/** Fast path. */
const PLAIN = /^[\x20-\x7e]*$/;
/** No CloudEvents string (3.1). */
const UNSENDABLE = /[\p{Cc}\p{Cs}]/u;
const UNSENDABLE_ALL = /[\p{Cc}\p{Cs}]/gu;

/** Replaced: the data keep it. */
function sendable(text: string): string {
  return !PLAIN.test(text) && UNSENDABLE.test(text) ? text.replace(UNSENDABLE_ALL, '\ufffd') : text;
}

export function encodeCloudEvent(attributes: CloudEventAttributes): Record<string, string> {
  const headers: Record<string, string> = {
    [HEADERS.ceSpecversion]: CLOUD_EVENT_SPECVERSION,
    [HEADERS.ceId]: sendable(attributes.id),
    [HEADERS.ceSource]: sendable(attributes.source),
    [HEADERS.ceType]: sendable(attributes.type),
    [HEADERS.contentType]: attributes.datacontenttype ?? JSON_CONTENT_TYPE,
  };
  for (const [name, header] of OPTIONAL_HEADERS) {
    const value = attributes[name];
    if (value !== undefined) headers[header] = sendable(value);
  }
  return headers;
}

/** Spec, 3. */
const ATTRIBUTE_NAME = /^[a-z0-9]{1,32}$/;

function sorted(all: ReadonlyMap<string, string>, data: Uint8Array | null): DecodedCloudEvent {
  const specversion = all.get('specversion');
  if (specversion !== CLOUD_EVENT_SPECVERSION) {
    return { ok: false, reason: `specversion is ${specversion ?? 'missing'}, not 1.0` };
  }
  const [id, source, type] = [all.get('id'), all.get('source'), all.get('type')];
  if (!id || !source || !type) {
    return { ok: false, reason: 'id, source or type is missing or empty' };
  }
  const optional: Record<string, string> = {};
  const extensions: Record<string, string> = {};
  let extensionCount = 0;
  for (const [name, value] of all) {
    if (name === 'specversion' || name === 'id' || name === 'source' || name === 'type') continue;
    if (name === 'datacontenttype' || (OPTIONAL as readonly string[]).includes(name)) {
      optional[name] = value;
    } else {
      if (!ATTRIBUTE_NAME.test(name)) return { ok: false, reason: 'an attribute name is invalid' };
      if (++extensionCount > EXTENSIONS_MAX) return { ok: false, reason: 'too many extensions' };
      extensions[name] = value;
    }
  }
  return { ok: true, attributes: { id, source, type, ...optional }, extensions, data };
}

function decodeBinary(
  headers: Readonly<Record<string, string>>,
  value: Uint8Array | null,
): DecodedCloudEvent {
  const all = new Map<string, string>();
  for (const [header, text] of Object.entries(headers)) {
    if (header.startsWith(CE_HEADER_PREFIX)) all.set(header.slice(CE_HEADER_PREFIX.length), text);
  }
  // Over a sender's own.
  const contentType = headers[HEADERS.contentType];
  if (contentType !== undefined) all.set('datacontenttype', contentType);
  return sorted(all, value);
}

function dataBytes(event: Readonly<Record<string, unknown>>): Uint8Array | null {
  const base64 = event['data_base64'];
  if (typeof base64 === 'string') return Buffer.from(base64, 'base64');
  const data = event['data'];
  if (data === undefined) return null;
  // JSON format, 3.1.1.
  const mediaType = event['datacontenttype'];
  const isJson = typeof mediaType !== 'string' || /[/+]json\b/i.test(mediaType);
  return Buffer.from(typeof data === 'string' && !isJson ? data : JSON.stringify(data), 'utf8');
}

function decodeStructured(value: Uint8Array | null): DecodedCloudEvent {
  let event: unknown;
  try {
    event = JSON.parse(Buffer.from(value ?? new Uint8Array()).toString('utf8'));
  } catch {
    return { ok: false, reason: 'structured event is not JSON' };
  }
  if (typeof event !== 'object' || event === null || Array.isArray(event)) {
    return { ok: false, reason: 'structured event is not a JSON object' };
  }
  const all = new Map<string, string>();
  for (const [name, attribute] of Object.entries(event)) {
    if (name === 'data' || name === 'data_base64' || attribute === null) continue;
    if (typeof attribute === 'object') return { ok: false, reason: 'an attribute is no scalar' };
    all.set(name, String(attribute));
  }
  return sorted(all, dataBytes(event as Readonly<Record<string, unknown>>));
}

/** Never throws. */
export function decodeCloudEvent(
  headers: Readonly<Record<string, string>>,
  value: Uint8Array | null,
): DecodedCloudEvent {
  const contentType = headers[HEADERS.contentType];
  // Kafka binding, 3.
  if (!contentType?.toLowerCase().startsWith(STRUCTURED_PREFIX)) {
    return decodeBinary(headers, value);
  }
  if (/^application\/cloudevents-batch/i.test(contentType)) {
    return { ok: false, reason: 'Kafka has no batch mode' };
  }
  return decodeStructured(value);
}
