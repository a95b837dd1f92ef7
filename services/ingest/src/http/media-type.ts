/** Which form a request's body has, by its headers alone; refused before a byte of it is read. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Packing } from './unpacker.ts';

export type BodyForm = 'lines' | 'json' | 'ce_binary' | 'ce_structured' | 'ce_batch';

const LINES = new Set(['application/x-ndjson', 'application/ndjson', 'application/jsonl']);
const FORMS: ReadonlyMap<string, BodyForm> = new Map([
  ['application/json', 'json'],
  ['application/cloudevents+json', 'ce_structured'],
  ['application/cloudevents-batch+json', 'ce_batch'],
]);
const CHARSET = /;\s*charset\s*=\s*"?([^";\s]*)/i;

export const isLines = (type: string): boolean => LINES.has(type);

export function bodyForm(headers: IncomingHttpHeaders): BodyForm | undefined {
  if (!isUtf8(headers)) return undefined;
  const type = mediaTypeOf(headers);
  if (isLines(type)) return 'lines';
  const form = FORMS.get(type);
  return form === 'json' && headers['ce-specversion'] !== undefined ? 'ce_binary' : form;
}

const PACKED: ReadonlyMap<string, Packing | 'none'> = new Map([
  ['', 'none'],
  ['identity', 'none'],
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['zstd', 'zstd'],
]);

export function packingOf(headers: IncomingHttpHeaders): Packing | 'none' | undefined {
  return PACKED.get((headers['content-encoding'] ?? '').trim().toLowerCase());
}

export function mediaTypeOf(headers: IncomingHttpHeaders): string {
  return ((headers['content-type'] ?? '').split(';', 1)[0] ?? '').trim().toLowerCase();
}

export function isUtf8(headers: IncomingHttpHeaders): boolean {
  const charset = CHARSET.exec(headers['content-type'] ?? '')?.[1]?.toLowerCase();
  return charset === undefined || charset === 'utf-8' || charset === 'utf8';
}
