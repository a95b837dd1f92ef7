/** From a body's chunks to items. A line of NDJSON stands for itself, a document for the whole. */
import type { IncomingHttpHeaders } from 'node:http';
import { readCloudEvent, structuredFrom } from '../core/formats/cloud-events.ts';
import { ElementCutter } from '../core/formats/cut-elements.ts';
import {
  type CutPiece,
  type Cutter,
  LINE_BYTES_MAX,
  LineCutter,
} from '../core/formats/cut-lines.ts';
import type { ReadItem } from '../core/formats/format-reader.ts';
import { readPiece } from '../core/formats/read-json.ts';
import { HttpRefusal } from '../intake/http-error.ts';
import type { Packing } from './unpacker.ts';

export const EVENTS_MAX = 10_000;

export type ReadBody =
  | { readonly ok: true; readonly pieces: readonly CutPiece[]; readonly read: ReadPiece }
  | { readonly ok: false; readonly line: number };

type ReadPiece = (piece: CutPiece) => ReadItem;

export class BodyReader {
  readonly #form: BodyForm;
  readonly #headers: IncomingHttpHeaders;
  readonly #cutter: Cutter;

  constructor(form: BodyForm, headers: IncomingHttpHeaders) {
    this.#form = form;
    this.#headers = headers;
    this.#cutter =
      form === 'lines' ? new LineCutter(LINE_BYTES_MAX) : new ElementCutter(LINE_BYTES_MAX);
  }

  push(chunk: Uint8Array): void {
    this.#cutter.push(chunk);
    if (this.#cutter.count > EVENTS_MAX) throw new HttpRefusal('too_many_events');
  }

  end(): ReadBody {
    const { pieces, problem } = this.#cutter.end();
    if (problem !== undefined) return { ok: false, line: problem.line };
    if (pieces.length === 0) throw new HttpRefusal('empty_body');
    if (pieces.length > EVENTS_MAX) throw new HttpRefusal('too_many_events');
    return { ok: true, pieces, read: (piece) => this.#read(piece) };
  }

  get isDocument(): boolean {
    return this.#form !== 'lines';
  }

  #read(piece: CutPiece): ReadItem {
    const item = readPiece(piece);
    switch (this.#form) {
      case 'ce_structured':
      case 'ce_batch':
        return readCloudEvent(item);
      case 'ce_binary':
        return structuredFrom(this.#headers, item);
      case 'lines':
      case 'json':
        return item;
    }
  }
}

/** Which form a request's body has, by its headers alone; refused before a byte of it is read. */
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
