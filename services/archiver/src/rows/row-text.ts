/**
 * A row as one line of JSONCompactEachRow. Half a surrogate pair is legal in JSON text and in a
 * JavaScript string, but ClickHouse refuses the line for it, and with the line the batch, for ever:
 * an attacker's off switch. So it becomes U+FFFD; the record's own text is in the log.
 */
import type { Cells } from './archived-topic.ts';

const REPLACEMENT = '\ufffd';
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

function wellFormed(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? value.replace(LONE_SURROGATE, REPLACEMENT) : value;
}

export function rowText(cells: Cells): string {
  const text = JSON.stringify(cells);
  // JSON.stringify writes exactly the lone ones as `\ud…`; escaped text in `raw` can look like it.
  return text.includes('\\ud') ? JSON.stringify(cells, wellFormed) : text;
}
