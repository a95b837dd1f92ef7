/** Bounds of a foreign value; a mark stands for the rest. */
import { createHash } from 'node:crypto';
import { isRecord, unwrapped } from './path.ts';

const DEPTH_MAX = 64;
const NODES_MAX = 50_000;
const BEYOND_LIMIT = '[beyond the limit of what is read]';

function children(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return isRecord(value) ? Object.values(value) : [];
}

function isWithinLimits(root: unknown): boolean {
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value: root, depth: 0 }];
  let nodes = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    nodes += 1;
    if (nodes > NODES_MAX || next.depth > DEPTH_MAX) return false;
    const inside = children(next.value);
    if (inside.length > NODES_MAX) return false;
    for (const value of inside) open.push({ value, depth: next.depth + 1 });
  }
  return true;
}

function cut(value: unknown, depth: number, budget: { left: number }): unknown {
  budget.left -= 1;
  if (budget.left < 0) return BEYOND_LIMIT;
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEPTH_MAX) return BEYOND_LIMIT;
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    for (const item of value) {
      items.push(cut(item, depth + 1, budget));
      if (budget.left < 0) break;
    }
    return items;
  }
  const out: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    out[key] = cut(item, depth + 1, budget);
    if (budget.left < 0) break;
  }
  return out;
}

export function boundedValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return isWithinLimits(value) ? value : cut(value, 0, { left: NODES_MAX });
}

/** Depends on key order. */
export function digestOf(...values: readonly unknown[]): string {
  const text = JSON.stringify(values.map((value) => boundedValue(value) ?? null));
  return createHash('sha256').update(text).digest('hex').slice(0, 24);
}

/** Content parts of MCP and model interfaces. */
const CONTENT_ITEMS_MAX = 1000;

/** JSON text is parsed. */
export function contentValue(content: readonly unknown[]): unknown {
  if (content.length === 0) return content;
  const texts: string[] = [];
  for (const item of content.slice(0, CONTENT_ITEMS_MAX)) {
    if (!isRecord(item) || item['type'] !== 'text' || typeof item['text'] !== 'string') {
      return boundedValue(content);
    }
    texts.push(item['text']);
  }
  return boundedValue(unwrapped(texts.join('\n')));
}

export function contentOfResult(value: unknown): unknown {
  const result = unwrapped(value);
  if (Array.isArray(result)) return contentValue(result);
  if (isRecord(result) && Array.isArray(result['content'])) {
    return result['structuredContent'] ?? contentValue(result['content']);
  }
  return boundedValue(result);
}
