/** Which form a request's body has, by its headers alone; refused before a byte of it is read. */
import type { IncomingHttpHeaders } from 'node:http';

export type BodyForm = 'lines' | 'json' | 'ce_binary' | 'ce_structured' | 'ce_batch';

const LINES = new Set(['application/x-ndjson', 'application/ndjson', 'application/jsonl']);
const FORMS: ReadonlyMap<string, BodyForm> = new Map([
  ['application/json', 'json'],
  ['application/cloudevents+json', 'ce_structured'],
  ['application/cloudevents-batch+json', 'ce_batch'],
]);
const CHARSET = /;\s*charset\s*=\s*"?([^";\s]*)/i;

/** Undefined for a type, or a character set, that is not taken. */
export function bodyForm(headers: IncomingHttpHeaders): BodyForm | undefined {
  const contentType = headers['content-type'] ?? '';
  const charset = CHARSET.exec(contentType)?.[1]?.toLowerCase();
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8') return undefined;
  const type = (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
  if (LINES.has(type)) return 'lines';
  const form = FORMS.get(type);
  return form === 'json' && headers['ce-specversion'] !== undefined ? 'ce_binary' : form;
}

/** Whether the body is packed; undefined for an encoding that is not taken. */
export function isPacked(headers: IncomingHttpHeaders): boolean | undefined {
  const encoding = (headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding === 'gzip' || encoding === 'x-gzip') return true;
  return encoding === 'identity' || encoding === '' ? false : undefined;
}
