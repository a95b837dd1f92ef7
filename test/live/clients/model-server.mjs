/**
 * A scripted model behind Anthropic's Messages API, for tests: it answers with the step that the
 * conversation has come to, so that a real client acts out a story. Nothing leaves the machine.
 *
 * MODEL_SCRIPT: a JSON list of steps, each `{ tool, input }` or `{ text }`. The step is told by how
 * many answers of tools a conversation holds since the last prompt of a person.
 */
import { createServer } from 'node:http';

const scripts = JSON.parse(process.env['MODEL_SCRIPT'] ?? '{}');
const OTHER = { text: 'ok' };
let made = 0;

function blocksOf(message) {
  return typeof message.content === 'string'
    ? [{ type: 'text', text: message.content }]
    : message.content;
}

/** The last prompt that a script knows, and the answers of tools since. */
function stepOf({ messages = [], tools = [] }) {
  if (tools.length === 0) return OTHER;
  let results = 0;
  for (const message of [...messages].reverse()) {
    if (message.role !== 'user') continue;
    const blocks = blocksOf(message);
    const texts = blocks.filter((one) => one.type === 'text').map((one) => one.text);
    const key = Object.keys(scripts).find((one) => texts.some((text) => text.includes(one)));
    results += blocks.filter((one) => one.type === 'tool_result').length;
    if (key !== undefined) return scripts[key][results] ?? OTHER;
  }
  return OTHER;
}

function contentOf(step) {
  if (step.text !== undefined) return { type: 'text', text: step.text };
  made += 1;
  const id = `toolu_live${process.pid}x${String(made).padStart(6, '0')}`;
  return { type: 'tool_use', id, name: step.tool, input: step.input };
}

function eventsOf(model, content) {
  const isText = content.type === 'text';
  const message = { id: `msg_${made}`, type: 'message', role: 'assistant', model, content: [] };
  const usage = { input_tokens: 10, output_tokens: 10 };
  const start = isText ? { type: 'text', text: '' } : { ...content, input: {} };
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

const server = createServer(async (request, response) => {
  let body = '';
  for await (const part of request) body += part;
  const path = (request.url ?? '').split('?')[0];
  if (path !== '/v1/messages') {
    response.writeHead(path === '/v1/messages/count_tokens' ? 200 : 404, {
      'content-type': 'application/json',
    });
    response.end(JSON.stringify({ input_tokens: 10 }));
    return;
  }
  const asked = JSON.parse(body);
  const content = contentOf(stepOf(asked));
  if (process.env['MODEL_DEBUG'])
    console.error(
      path,
      asked.stream,
      JSON.stringify(content),
      asked.tools?.length,
      JSON.stringify(asked.messages?.at(-1)).slice(0, 600),
    );
  if (asked.stream !== true) {
    response.writeHead(200, { 'content-type': 'application/json' });
    const stop_reason = content.type === 'text' ? 'end_turn' : 'tool_use';
    const usage = { input_tokens: 10, output_tokens: 10 };
    const head = { id: `msg_${made}`, type: 'message', role: 'assistant', model: asked.model };
    response.end(JSON.stringify({ ...head, content: [content], stop_reason, usage }));
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const event of eventsOf(asked.model, content)) {
    response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  }
  response.end();
});
server.listen(0, '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});
