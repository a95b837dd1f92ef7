/** Fields of foreign JSON: keys joined by dots, or a list. JSON text is looked into. */
import { z } from 'zod';

export type JsonRecord = Readonly<Record<string, unknown>>;

const JSON_TEXT_CHARS_MAX = 4_000_000;
const ID_CHARS_MAX = 512;
const TEXT_CHARS_MAX = 65_536;

export const PATH = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);
export type Path = z.infer<typeof PATH>;

/** The first present one counts. */
export const PATHS = z.union([z.string().min(1), z.array(PATH).min(1)]);
export type Paths = z.infer<typeof PATHS>;

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Never what every object inherits. */
export function entryOf<Value>(
  table: Readonly<Record<string, Value>>,
  name: string | undefined,
): Value | undefined {
  return name !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;
}

export function parsedJson(text: string): unknown {
  if (text.length > JSON_TEXT_CHARS_MAX) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function unwrapped(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const first = value.trimStart()[0];
  if (first !== '{' && first !== '[') return value;
  return parsedJson(value) ?? value;
}

function child(value: unknown, key: string): unknown {
  const inside = unwrapped(value);
  if (Array.isArray(inside)) return /^\d{1,6}$/.test(key) ? inside[Number(key)] : undefined;
  return isRecord(inside) && Object.hasOwn(inside, key) ? inside[key] : undefined;
}

export function valueAt(root: unknown, path: Path): unknown {
  // Flat logs: `mcp.session.id`.
  if (typeof path === 'string' && isRecord(root) && Object.hasOwn(root, path)) {
    return root[path] ?? undefined;
  }
  const keys = typeof path === 'string' ? path.split('.') : path;
  let value = root;
  for (const key of keys) {
    value = child(value, key);
    if (value === undefined || value === null) return undefined;
  }
  return value;
}

export function firstAt(root: unknown, paths: Paths | undefined): unknown {
  if (paths === undefined) return undefined;
  if (typeof paths === 'string') return valueAt(root, paths);
  for (const path of paths) {
    const value = valueAt(root, path);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** Cut beyond any honest length. */
export function idOf(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value !== 'string' || value === '') return undefined;
  return value.slice(0, ID_CHARS_MAX);
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, TEXT_CHARS_MAX) : undefined;
}

export function idAt(root: unknown, paths: Paths | undefined): string | undefined {
  return idOf(firstAt(root, paths));
}

/** Seconds, milliseconds or nanoseconds by size. */
export function timeOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number) && number > 0) {
    if (number < 1e11) return Math.round(number * 1000);
    return Math.round(number < 1e14 ? number : number / 1e6);
  }
  if (typeof value !== 'string') return undefined;
  const parsed = Date.parse(value);
  return Number.isNaN(parsed) ? undefined : parsed;
}
