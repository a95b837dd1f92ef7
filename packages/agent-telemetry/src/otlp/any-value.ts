import { isRecord } from '../json/path.ts';
import type { Attributes } from '../model/span-record.ts';

/** Deeper reads as `null`. */
export const VALUE_DEPTH_MAX = 16;
export const ATTRIBUTES_MAX = 1024;

/** Exact up to 2⁵³. */
export function integer(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'string') return Number(value);
  if (!isRecord(value)) return 0;
  const { low, high, unsigned } = value;
  if (typeof low !== 'number' || typeof high !== 'number') return 0;
  return (unsigned === true ? high >>> 0 : high) * 2 ** 32 + (low >>> 0);
}

export function milliseconds(nanoseconds: unknown): number {
  const value = integer(nanoseconds) / 1e6;
  return Number.isFinite(value) && value > 0 ? value : 0;
}

/** From bytes, hex or base64. */
export function identifier(value: unknown, bytes: number): string {
  if (value instanceof Uint8Array) {
    return value.every((byte) => byte === 0) ? '' : Buffer.from(value).toString('hex');
  }
  if (typeof value !== 'string' || value === '') return '';
  if (value.length === bytes * 2) return value.toLowerCase();
  return value.slice(0, 64);
}

/** protobufjs invents defaults. */
function own(value: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

export function plainValue(value: unknown, depth = 0): unknown {
  if (!isRecord(value) || depth > VALUE_DEPTH_MAX) return null;
  const text = own(value, 'stringValue');
  if (typeof text === 'string') return text;
  const whole = own(value, 'intValue');
  if (whole !== undefined && whole !== null) return integer(whole);
  const truth = own(value, 'boolValue');
  if (typeof truth === 'boolean') return truth;
  const double = own(value, 'doubleValue');
  if (typeof double === 'number') return double;
  const list = own(value, 'arrayValue');
  if (isRecord(list)) {
    return Array.isArray(list.values) ? list.values.map((one) => plainValue(one, depth + 1)) : [];
  }
  const pairs = own(value, 'kvlistValue');
  return isRecord(pairs) ? plainAttributes(pairs.values, depth + 1) : null;
}

export function plainAttributes(list: unknown, depth = 0): Attributes {
  if (!Array.isArray(list)) return {};
  const attributes: Record<string, unknown> = {};
  const count = Math.min(list.length, ATTRIBUTES_MAX);
  for (let index = 0; index < count; index += 1) {
    const entry: unknown = list[index];
    if (!isRecord(entry) || typeof entry.key !== 'string') continue;
    const value = plainValue(entry.value, depth);
    if (value !== null && entry.key !== '__proto__') attributes[entry.key] = value;
  }
  return attributes;
}
