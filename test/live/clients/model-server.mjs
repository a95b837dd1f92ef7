/**
 * A scripted model behind Anthropic's Messages API and OpenAI's chat completions and responses, for tests: it answers
 * with the step that the conversation has come to, so that a real client acts out a story. Nothing
 * leaves the machine.
 *
 * MODEL_SCRIPT: JSON, of each prompt its steps, each `{ tool, input }` or `{ text }`. The step is told by
 * how many answers of tools a conversation holds since the prompt.
 */
import { createServer } from 'node:http';

const scripts = JSON.parse(process.env['MODEL_SCRIPT'] ?? '{}');
const OTHER = { text: 'ok' };
let made = 0;

/** OpenAI's responses call an answer of a tool an item of its own. */
function messagesOf({ messages, input = [] }) {
  if (messages !== undefined) return messages;
  return input.map((one) =>
    one.type === 'function_call_output' ? { role: 'tool' } : { content: [], ...one },
  );
}

const isText = ({ type }) => type === 'text' || type === 'input_text';

function blocksOf(message) {
  return typeof message.content === 'string'
    ? [{ type: 'text', text: message.content }]
    : message.content;
}

/** The last prompt that a script knows, and the answers of tools since. */
function stepOf(asked) {
  if ((asked.tools ?? []).length === 0) return OTHER;
  let results = 0;
  for (const message of [...messagesOf(asked)].reverse()) {
    if (message.role === 'tool') results += 1;
    if (message.role !== 'user') continue;
    const blocks = blocksOf(message);
    const texts = blocks.filter(isText).map((one) => one.text);
    const key = Object.keys(scripts).find((one) => texts.some((text) => text.includes(one)));
    results += blocks.filter((one) => one.type === 'tool_result').length;
    if (key !== undefined) return scripts[key][results] ?? OTHER;
  }
  return OTHER;
}

function contentOf(step) {
  made += 1;
  if (step.text !== undefined) return { type: 'text', text: step.text };
  const id = `toolu_live${process.pid}x${String(made).padStart(6, '0')}`;
  // `of`: where a tool is in a namespace, which.
  return { type: 'tool_use', id, name: step.tool, input: step.input, of: step.of };
}

function eventsOf(model, content) {
  const isText = content.type === 'text';
  const message = { id: `msg_${made}`, type: 'message', role: 'assistant', model, content: [] };
  const usage = { input_tokens: 10, output_tokens: 10 };
  const { of: _, ...block } = content;
  const start = isText ? { type: 'text', text: '' } : { ...block, input: {} };
  const delta = isText
    ? { type: 'text_delta', text: content.text }
    : { type: 'input_json_delta', partial_json: JSON.stringify(content.input) };
  return [
    {
      type: 'message_start',
      message: { ...message, stop_reason: null, stop_sequence: null, usage },
    },
    { type: 'content_block_start', index: 0, content_block: start },
    { type: 'content_block_delta', index: 0, delta },
    { type: 'content_block_stop', index: 0 },
    {
      type: 'message_delta',
      delta: { stop_reason: isText ? 'end_turn' : 'tool_use', stop_sequence: null },
      usage: { output_tokens: 10 },
    },
    { type: 'message_stop' },
  ];
}

function completionOf(model, content) {
  const isText = content.type === 'text';
  const call = { name: content.name, arguments: JSON.stringify(content.input) };
  const message = isText
    ? { role: 'assistant', content: content.text, refusal: null }
    : {
        role: 'assistant',
        content: null,
        refusal: null,
        tool_calls: [{ id: content.id, type: 'function', function: call }],
      };
  const choice = {
    index: 0,
    message,
    finish_reason: isText ? 'stop' : 'tool_calls',
    logprobs: null,
  };
  const usage = { prompt_tokens: 10, completion_tokens: 10, total_tokens: 20 };
  const head = { id: `chatcmpl-${made}`, object: 'chat.completion', created: 1_796_000_000, model };
  return { ...head, choices: [choice], usage };
}

function messageOf(model, content) {
  const stop_reason = content.type === 'text' ? 'end_turn' : 'tool_use';
  const head = { id: `msg_${made}`, type: 'message', role: 'assistant', model };
  return {
    ...head,
    content: [content],
    stop_reason,
    usage: { input_tokens: 10, output_tokens: 10 },
  };
}

function responseEventsOf(model, content) {
  const item =
    content.type === 'text'
      ? {
          ...{ type: 'message', id: `msg_${made}`, role: 'assistant', status: 'completed' },
          content: [{ type: 'output_text', text: content.text, annotations: [] }],
        }
      : {
          ...{ type: 'function_call', id: `fc_${made}`, call_id: content.id, status: 'completed' },
          ...content.of,
          ...{ name: content.name, arguments: JSON.stringify(content.input) },
        };
  const details = { input_tokens_details: { cached_tokens: 0 } };
  const usage = { input_tokens: 10, output_tokens: 10, total_tokens: 20, ...details };
  const response = { id: `resp_${made}`, object: 'response', model, output: [] };
  return [
    { type: 'response.created', response: { ...response, status: 'in_progress' } },
    { type: 'response.output_item.added', output_index: 0, item },
    { type: 'response.output_item.done', output_index: 0, item },
    {
      type: 'response.completed',
      response: { ...response, status: 'completed', output: [item], usage },
    },
  ];
}

function sayJson(response, status, value) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

const server = createServer(async (request, response) => {
  let body = '';
  for await (const part of request) body += part;
  const path = (request.url ?? '').split('?')[0];
  const isChat = path.endsWith('/chat/completions');
  const isResponse = path.endsWith('/responses');
  if (path.endsWith('/count_tokens')) return sayJson(response, 200, { input_tokens: 10 });
  if (!isChat && !isResponse && path !== '/v1/messages')
    return sayJson(response, 404, { error: 'not_found' });
  const asked = JSON.parse(body);
  const content = contentOf(stepOf(asked));
  if (isChat) return sayJson(response, 200, completionOf(asked.model, content));
  if (asked.stream !== true) return sayJson(response, 200, messageOf(asked.model, content));
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const events = isResponse
    ? responseEventsOf(asked.model, content)
    : eventsOf(asked.model, content);
  for (const event of events) {
    response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  }
  response.end();
});
server.listen(0, '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});
