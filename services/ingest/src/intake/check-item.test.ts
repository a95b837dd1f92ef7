/** Guarantee: whoever sent a wrong event reads what the field is and what would be right. */
import { expect, it } from 'vitest';
import { checkItem } from './check-item.ts';

const good = {
  event_time: '2026-11-24T09:00:00Z',
  activity: 'tool_call',
  agent: { uid: 'agent/invoices' },
  tool: { name: 'send_mail' },
};

function refusal(input: unknown): string {
  const checked = checkItem({ line: 1, input });
  if (checked.ok) throw new Error('A refusal was expected.');
  return `${checked.refusal.field}: ${checked.refusal.reason}`;
}

it('takes a whole event', () => {
  expect(checkItem({ line: 1, input: good })).toMatchObject({ ok: true });
});

it.each([
  ['a missing field', { ...good, agent: {} }, 'agent.uid: required: text (The agent’s identity'],
  [
    'a missing activity',
    { ...good, activity: undefined },
    'activity: required: text (What kind of thing was done), for example tool_call',
  ],
  [
    'a wrong kind',
    { ...good, source: { seq: 1.5 } },
    'source.seq: a whole number (The source’s own running number)',
  ],
  ['an empty text', { ...good, native_id: '' }, 'native_id: text that is not empty'],
  ['a time in words', { ...good, event_time: 'yesterday' }, 'event_time: a time such as'],
  ['no event at all', 7, ': fields are needed; known are native_id'],
])('%s', (_, input, said) => {
  expect(refusal(input)).toContain(said);
  expect(refusal(input)).not.toMatch(/Invalid input|expected \w+, received/);
});
