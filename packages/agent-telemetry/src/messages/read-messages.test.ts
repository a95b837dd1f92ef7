import { describe, expect, it } from 'vitest';
import { DEPTH_MAX, readMessages } from './read-messages.ts';

const ARGUMENTS = { mail_id: 'm2' };
const TEXT = JSON.stringify(ARGUMENTS);

/** One call and its answer, laid out as each vendor does. */
const LAYOUTS: Readonly<Record<string, unknown>> = {
  'OTel GenAI parts': [
    {
      role: 'assistant',
      parts: [{ type: 'tool_call', id: 'c1', name: 'read_mail', arguments: ARGUMENTS }],
    },
    { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c1', response: 'hi' }] },
  ],
  'OpenAI chat': [
    {
      role: 'assistant',
      tool_calls: [
        { id: 'c1', type: 'function', function: { name: 'read_mail', arguments: TEXT } },
      ],
    },
    { role: 'tool', tool_call_id: 'c1', content: 'hi' },
  ],
  'OpenAI responses': [
    { type: 'function_call', id: 'fc1', call_id: 'c1', name: 'read_mail', arguments: TEXT },
    { type: 'function_call_output', call_id: 'c1', output: 'hi' },
  ],
  Anthropic: [
    {
      role: 'assistant',
      content: [{ type: 'tool_use', id: 'c1', name: 'read_mail', input: ARGUMENTS }],
    },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'c1', content: [{ type: 'text', text: 'hi' }] },
      ],
    },
  ],
  LangChain: [
    {
      type: 'ai',
      data: { tool_calls: [{ name: 'read_mail', args: ARGUMENTS, id: 'c1', type: 'tool_call' }] },
    },
    { type: 'tool', tool_call_id: 'c1', content: 'hi', status: 'success' },
  ],
  'Vercel AI SDK': [
    {
      role: 'assistant',
      content: [{ type: 'tool-call', toolCallId: 'c1', toolName: 'read_mail', input: ARGUMENTS }],
    },
    {
      role: 'tool',
      content: [{ type: 'tool-result', toolCallId: 'c1', output: { type: 'text', value: 'hi' } }],
    },
  ],
  'a call that the vendor carried out (OpenAI)': [
    { type: 'mcp_call', id: 'c1', name: 'read_mail', arguments: TEXT, output: 'hi', error: null },
  ],
  'a call that the vendor carried out (Anthropic)': [
    { type: 'mcp_tool_use', id: 'c1', name: 'read_mail', input: ARGUMENTS },
    { type: 'mcp_tool_result', tool_use_id: 'c1', content: [{ type: 'text', text: 'hi' }] },
  ],
  Bedrock: [
    { content: [{ toolUse: { toolUseId: 'c1', name: 'read_mail', input: ARGUMENTS } }] },
    { content: [{ toolResult: { toolUseId: 'c1', content: [{ text: 'hi' }] } }] },
  ],
  Google: [
    { parts: [{ function_call: { id: 'c1', name: 'read_mail', args: ARGUMENTS } }] },
    { parts: [{ function_response: { id: 'c1', name: 'read_mail', response: 'hi' } }] },
  ],
};

describe('calls in the history of a model', () => {
  it.each(Object.entries(LAYOUTS))(
    'finds request and answer as %s lays them out',
    (_name, value) => {
      const spoken = readMessages(value);
      expect(spoken.find(({ is }) => is === 'requested')).toMatchObject({
        callId: 'c1',
        tool: 'read_mail',
        args: ARGUMENTS,
      });
      expect(spoken.find(({ is }) => is === 'answered')).toMatchObject({
        callId: 'c1',
        result: 'hi',
      });
    },
  );

  it('reads the same from JSON text as from the value', () => {
    for (const value of Object.values(LAYOUTS)) {
      expect(readMessages(JSON.stringify(value))).toEqual(readMessages(value));
    }
  });

  it('takes the definition of a tool for no call', () => {
    const tools = [
      { type: 'function', name: 'read_mail', parameters: { type: 'object' } },
      { type: 'function', function: { name: 'send_email', parameters: {} } },
    ];
    expect(readMessages({ tools })).toEqual([]);
  });

  it('tells a refusal by a person from an answer', () => {
    const messages = [
      {
        role: 'assistant',
        content: [{ type: 'tool-approval-request', approvalId: 'a1', toolCallId: 'c1' }],
      },
      {
        role: 'tool',
        content: [{ type: 'tool-approval-response', approvalId: 'a1', approved: false }],
      },
    ];
    expect(readMessages(messages)).toContainEqual({
      is: 'approval',
      callId: 'c1',
      approved: false,
    });
  });

  it('says of an answer whose content is not captured that it came', () => {
    expect(readMessages([{ role: 'tool', id: 'c1' }])).toEqual([
      { is: 'answered', callId: 'c1', tool: undefined, result: undefined, outcome: undefined },
    ]);
  });

  it.each([
    [{ type: 'tool_result', tool_use_id: 'c1', content: 'no', is_error: true }, 'error'],
    [{ type: 'tool', tool_call_id: 'c1', content: 'no', status: 'error' }, 'error'],
    [{ type: 'tool-result', toolCallId: 'c1', output: { type: 'execution-denied' } }, 'denied'],
  ])('reads how an answer ended: %j', (message, outcome) => {
    expect(readMessages([message])).toMatchObject([{ outcome }]);
  });

  it('keeps what a person asked for', () => {
    expect(readMessages([{ role: 'user', content: 'Summarise my mail.' }])).toEqual([
      { is: 'task', text: 'Summarise my mail.' },
    ]);
  });

  it('ends with a history that is nested without end', () => {
    let value: unknown = LAYOUTS['OpenAI chat'];
    for (let depth = 0; depth <= DEPTH_MAX; depth += 1) value = [value];
    expect(readMessages(value)).toEqual([]);
  });
});
