/** What a server says of its tools helps where the event says nothing, and only there. */
import type { InputEvent } from '@waywarden/schemas';
import { expect, it } from 'vitest';
import { BoundedMap } from '../domain/bounded-map.ts';
import { callFacts } from './call-facts.ts';
import { Catalogue } from './catalogue.ts';
import { type AnnotatedToolTexts, listedTool, noteListed } from './tool-texts.ts';

const empty = new Catalogue({ version: 'v', shipped: [], operator: [], organisation: [] });
const event = (fields: Partial<InputEvent>): InputEvent => ({
  ...{ event_time: '2026-01-01T00:00:00Z', activity: 'tool_call', agent: { uid: 'a' } },
  ...fields,
});
const list = (server: string, ...tools: readonly unknown[]) =>
  event({
    activity: 'tool_list',
    tool: { name: 'tools/list', server },
    result: { value: { tools } },
  });

function effectAfter(lists: readonly InputEvent[], tool: NonNullable<InputEvent['tool']>): string {
  const listed = new BoundedMap<AnnotatedToolTexts>(10);
  for (const one of lists) noteListed(one, listed);
  const call = event({ tool });
  return callFacts(call, empty, listedTool(call, listed)).effect;
}
const DOOR = { name: 'frobnicator', description: 'Deletes a door.' };
const called = { name: 'frobnicator', server: 'house' };

it('a description, schema or annotations of a list are used for later calls of that server', () => {
  expect(effectAfter([], called)).toBe('unknown');
  expect(effectAfter([list('house', DOOR)], called)).toBe('delete');
  expect(effectAfter([list('garden', DOOR)], called)).toBe('unknown');
  expect(effectAfter([list('house', DOOR)], { name: 'mcp__house__frobnicator' })).toBe('delete');
  const schema = { properties: { to: {}, body: {} } };
  expect(effectAfter([list('house', { name: 'frobnicator', inputSchema: schema })], called)).toBe(
    'send',
  );
  const hints = { name: 'frobnicator', annotations: { readOnlyHint: true } };
  expect(effectAfter([list('house', hints)], called)).toBe('read');
});

it('what the event or the name says comes first', () => {
  const own = { ...called, description: 'Sends a door.' };
  expect(effectAfter([list('house', DOOR)], own)).toBe('send');
  const named = { ...DOOR, name: 'read_door' };
  expect(effectAfter([list('house', named)], { name: 'read_door', server: 'house' })).toBe('read');
});

it('a list of another shape, or of another activity, is no list', () => {
  const odd = list('house', 'frobnicator', null, { description: 'Deletes.' });
  expect(effectAfter([odd], called)).toBe('unknown');
  expect(effectAfter([{ ...list('house', DOOR), activity: 'tool_call' }], called)).toBe('unknown');
});
