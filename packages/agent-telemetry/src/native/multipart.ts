/** `multipart/form-data`, by hand: libraries hand parts out asynchronously. */

export const PARTS_MAX = 20_000;
/** RFC 2046. */
const BOUNDARY_MAX = 70;

export type Part = readonly [name: string, value: unknown];

const END_OF_HEADERS = '\r\n\r\n';

function value(bytes: Buffer): unknown {
  const text = bytes.toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function part(bytes: Buffer): Part | undefined {
  const end = bytes.indexOf(END_OF_HEADERS);
  if (end < 0) return undefined;
  const headers = bytes.subarray(0, end).toString('utf8');
  const name = /;\s*name="([^"]*)"/iu.exec(headers)?.[1];
  if (name === undefined) return undefined;
  return [name, value(bytes.subarray(end + END_OF_HEADERS.length))];
}

export function readParts(contentType: string, body: Uint8Array): readonly Part[] | undefined {
  const boundary = /;\s*boundary="?([^";]+)"?/iu.exec(contentType)?.[1];
  if (boundary === undefined || boundary.length > BOUNDARY_MAX) return undefined;
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const mark = Buffer.from(`--${boundary}`);
  const parts: Part[] = [];
  let from = bytes.indexOf(mark);
  if (from < 0) return undefined;
  while (parts.length < PARTS_MAX) {
    const start = from + mark.length;
    const next = bytes.indexOf(mark, start);
    if (next < 0) break;
    const found = part(bytes.subarray(start + 2, next - 2));
    if (found !== undefined) parts.push(found);
    from = next;
  }
  return parts;
}
