/**
 * Arguments that come as JSON in a text, as model APIs hand them over, are read as what they say.
 * What is no JSON within the bounds of a body stays text.
 */
import type { InputEvent } from '@waywarden/schemas';
import { parseBounded } from './formats/read-json.ts';

const OPENS = /^\s*[[{]/;

export function withNamedArguments(input: InputEvent): InputEvent {
  const text = input.args?.value;
  if (typeof text !== 'string' || !OPENS.test(text)) return input;
  const parsed = parseBounded(text);
  return parsed.ok ? { ...input, args: { ...input.args, value: parsed.value } } : input;
}
