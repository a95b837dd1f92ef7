/** What a list of content parts holds, as MCP and the models' interfaces send it. */
import { boundedValue } from './bounded-value.ts';
import { isRecord, unwrapped } from './path.ts';

const CONTENT_ITEMS_MAX = 1000;

/** The text of parts that are nothing but text, parsed where it is JSON; else the parts. */
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

/** A result in any of its forms: parts, an object with parts, JSON text, anything else. */
export function contentOfResult(value: unknown): unknown {
  const result = unwrapped(value);
  if (Array.isArray(result)) return contentValue(result);
  if (isRecord(result) && Array.isArray(result['content'])) {
    return result['structuredContent'] ?? contentValue(result['content']);
  }
  return boundedValue(result);
}
