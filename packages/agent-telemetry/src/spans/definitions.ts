/** The tools that a request offered. */
import { isRecord } from '../json/path.ts';
import type { ToolDefinition } from '../model/observation.ts';
import { parsed } from '../model/place.ts';
import type { SpanRecord } from '../model/span-record.ts';
import type { Convention } from './convention-table.ts';

export const DEFINITIONS_MAX = 256;

function definition(given: unknown): ToolDefinition | undefined {
  const node = parsed(given);
  if (!isRecord(node)) return undefined;
  const inner = isRecord(node.function) ? node.function : node;
  if (typeof inner.name !== 'string' || inner.name === '') return undefined;
  return {
    name: inner.name,
    description: typeof inner.description === 'string' ? inner.description : undefined,
    schema: inner.parameters ?? inner.inputSchema ?? inner.input_schema,
  };
}

export function readDefinitions(
  conventions: readonly Convention[],
  record: SpanRecord,
): readonly ToolDefinition[] | undefined {
  for (const { definitions } of conventions) {
    for (const place of definitions) {
      const list = parsed(place(record));
      if (!Array.isArray(list)) continue;
      return list.slice(0, DEFINITIONS_MAX).flatMap((one) => definition(one) ?? []);
    }
  }
  return undefined;
}
