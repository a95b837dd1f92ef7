/** Content parts of MCP and model interfaces. */
import { boundedValue } from './bounded-value.ts';
import { isRecord, unwrapped } from './path.ts';

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
