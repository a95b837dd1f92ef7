import type { Mapping } from '@waywarden/agent-telemetry';

function inside(value: unknown, path: string): unknown {
  let at = value;
  for (const step of path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
    at = Object.entries(at).find(([key]) => key === step)?.[1];
  }
  return at;
}

/** Else it is one unread record. */
export function recordsOf(text: string, mappings: readonly Mapping[]): readonly unknown[] {
  if (text.trim() === '') return [];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [text];
  }
  if (Array.isArray(value)) return value;
  for (const { items } of mappings) {
    const list = typeof items === 'string' ? inside(value, items) : undefined;
    if (Array.isArray(list)) return list;
  }
  return [value];
}
