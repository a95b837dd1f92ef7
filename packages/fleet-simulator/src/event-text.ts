/**
 * An event as its line of JSON: what `JSON.stringify` writes, faster. Parts that recur (`parts.ts`)
 * are written once and kept; ids and times need no escapes; only clear arguments, results and
 * requests are free text.
 */
import type { SimulatedEvent } from './simulated-event.ts';

const kept = new WeakMap<object, string>();

/** The text of a part that is the same object in many events. */
function part(value: object): string {
  const known = kept.get(value);
  if (known !== undefined) return known;
  const text = JSON.stringify(value);
  kept.set(value, text);
  return text;
}

/** Fields of an event that are shared objects, in the order in which they are written. */
const SHARED: ReadonlySet<string> = new Set([
  'agent',
  'tool',
  'capabilities',
  'src',
  'task',
  'delegation',
]);
/** Texts without quotes, backslashes or control characters: made by us, from ids and times. */
const PLAIN: ReadonlySet<string> = new Set([
  'native_id',
  'event_time',
  'activity',
  'phase',
  'effect',
  'conversation_id',
  'trace_id',
  'span_id',
  'parent_span_id',
  'outcome',
]);

export function eventText(event: SimulatedEvent): string {
  let text = '';
  for (const [name, value] of Object.entries(event)) {
    if (value === undefined) continue;
    text += text === '' ? '{"' : ',"';
    text += name;
    if (typeof value === 'string' && PLAIN.has(name)) text += `":"${value}"`;
    else if (typeof value === 'object' && SHARED.has(name)) text += `":${part(value)}`;
    else text += `":${JSON.stringify(value)}`;
  }
  return `${text}}`;
}
