/** A span or log record of each vendor, as its documentation lays it out, read by the alias table alone. */
import { describe, expect, it } from 'vitest';
import { concludeCalls } from '../join/conclude.ts';
import type { SpanRecord } from '../model/span-record.ts';
import { conventionTable } from './convention-table.ts';
import { readSpanRecord } from './read-record.ts';

const ARGS = { mail_id: 'm2' };
const TEXT = JSON.stringify(ARGS);

function record(set: Partial<SpanRecord>): SpanRecord {
  return {
    kind: 'span',
    trace: 't',
    span: 's',
    parent: '',
    name: 'span',
    start: 1,
    end: 2,
    attributes: {},
    events: [],
    isError: false,
    statusText: '',
    resource: { 'service.name': 'app' },
    scope: '',
    ...set,
  };
}

const log = (name: string, attributes: SpanRecord['attributes']) =>
  record({ kind: 'log', span: '', name, attributes });

const otel = (more: SpanRecord['attributes']) => ({
  'gen_ai.operation.name': 'execute_tool',
  'gen_ai.tool.name': 'read_mail',
  ...more,
});

/** By convention: one call of `read_mail` that went well. */
const CALLS: Readonly<Record<string, SpanRecord>> = {
  'otel-genai': record({ attributes: otel({ 'gen_ai.tool.call.arguments': TEXT }) }),
  'otel-genai, arguments in an event (Strands)': record({
    attributes: otel({}),
    events: [
      { name: 'gen_ai.tool.message', attributes: { role: 'tool', content: TEXT, id: 'c1' } },
    ],
  }),
  'otel-genai, pydantic-ai version 2': record({
    name: 'running tool',
    attributes: {
      'gen_ai.tool.name': 'read_mail',
      'gen_ai.tool.call.id': 'c1',
      tool_arguments: TEXT,
    },
  }),
  'otel-mcp': record({
    name: 'tools/call read_mail',
    attributes: { 'mcp.method.name': 'tools/call', 'mcp.tool.arguments': TEXT },
  }),
  acs: record({
    attributes: {
      'acs.capability': 'mail',
      'gen_ai.tool.name': 'read_mail',
      'gen_ai.tool.call.arguments': TEXT,
    },
  }),
  openinference: record({
    name: 'ReadMail',
    attributes: {
      'openinference.span.kind': 'TOOL',
      'tool.name': 'read_mail',
      'input.value': JSON.stringify({ args: [], kwargs: ARGS }),
      'output.value': 'hi',
    },
  }),
  traceloop: record({
    attributes: {
      'traceloop.span.kind': 'tool',
      'traceloop.entity.name': 'read_mail',
      'traceloop.entity.input': JSON.stringify({ input_str: "{'mail_id': 'm2'}", tags: ['x'] }),
      'traceloop.entity.output': '"hi"',
    },
  }),
  langfuse: record({
    name: 'read_mail',
    attributes: {
      'langfuse.observation.type': 'tool',
      'langfuse.observation.input': JSON.stringify({ args: [], kwargs: ARGS }),
    },
  }),
  'vercel-ai': record({
    name: 'ai.toolCall',
    attributes: {
      'ai.operationId': 'ai.toolCall',
      'ai.toolCall.name': 'read_mail',
      'ai.toolCall.args': TEXT,
    },
  }),
  langsmith: record({
    name: 'read_mail',
    attributes: { 'langsmith.run_type': 'tool', 'langsmith.inputs': ARGS },
  }),
  'openai-agents': record({
    attributes: {
      'openai.span.type': 'function',
      'openai.span.name': 'read_mail',
      'openai.span.input': TEXT,
      'openai.span.output': 'hi',
    },
  }),
  'claude-code': log('tool_result', {
    tool_name: 'mcp_tool',
    tool_parameters: JSON.stringify({ mcp_server_name: 'mail', mcp_tool_name: 'read_mail' }),
    tool_input: TEXT,
    success: 'true',
    'session.id': 's1',
  }),
  codex: log('codex.tool_result', { tool_name: 'read_mail', arguments: TEXT, success: 'true' }),
  'gemini-cli': log('gemini_cli.tool_call', {
    function_name: 'read_mail',
    function_args: TEXT,
    success: true,
    'session.id': 's1',
  }),
  'google-adk': record({ attributes: otel({ 'gcp.vertex.agent.tool_call_args': TEXT }) }),
  crewai: record({
    name: 'call tool',
    attributes: otel({ 'crewai.agent.role': 'mailer', 'gen_ai.tool.call.arguments': TEXT }),
  }),
  genkit: record({
    attributes: {
      'genkit:type': 'action',
      'genkit:metadata:subtype': 'tool',
      'genkit:name': 'read_mail',
      'genkit:input': TEXT,
    },
  }),
  voltagent: record({
    name: 'tool.execution:read_mail',
    attributes: { 'tool.call.id': 'c1', 'tool.arguments': TEXT },
  }),
  mastra: record({
    attributes: {
      'mastra.span.type': 'tool_call',
      'gen_ai.tool.name': 'read_mail',
      'mastra.tool_call.input': TEXT,
    },
  }),
  mlflow: record({
    name: 'read_mail',
    attributes: { 'mlflow.spanType': 'TOOL', 'mlflow.spanInputs': TEXT },
  }),
  laminar: record({
    name: 'read_mail',
    attributes: { 'lmnr.span.type': 'TOOL', 'lmnr.span.input': TEXT },
  }),
};

describe('the alias table', () => {
  it.each(Object.entries(CALLS))('reads a call of %s', (_name, one) => {
    expect(concludeCalls(readSpanRecord(one))).toMatchObject([
      { tool: 'read_mail', args: ARGS, outcome: 'success' },
    ]);
  });

  it('has a fixture for each convention that reads calls', () => {
    const covered = new Set(Object.keys(CALLS).map((name) => name.split(',')[0]));
    const reading = conventionTable().conventions.filter(
      ({ roles }) => (roles.get('tool') ?? []).length > 0,
    );
    expect(reading.map(({ name }) => name).filter((name) => !covered.has(name))).toEqual([]);
  });

  it.each([
    ['a handover by exception', { 'error.type': 'langgraph.errors.ParentCommand' }, 'success'],
    ['a pause for a person', { 'error.type': 'langgraph.errors.GraphInterrupt' }, 'pending'],
    ['a refusal by policy', { 'error.type': 'denied' }, 'denied'],
    ['a failure', { 'error.type': 'TimeoutError' }, 'error'],
    ['a call that was cut off', { 'error.type': 'asyncio.exceptions.CancelledError' }, 'cancelled'],
    [
      'a call with a result under the name of a pause',
      { 'error.type': 'GraphInterrupt', 'gen_ai.tool.call.result': 'sent' },
      'error',
    ],
    ['a failure that quotes a pause', { 'error.type': 'x said GraphInterrupt' }, 'error'],
  ])('tells %s apart', (_name, attributes, outcome) => {
    const calls = concludeCalls(
      readSpanRecord(record({ isError: true, attributes: otel(attributes) })),
    );
    expect(calls).toMatchObject([{ outcome }]);
  });

  it('believes a result that says of itself that it is an error', () => {
    const result = JSON.stringify({ content: [], isError: true });
    const attributes = otel({ 'gen_ai.tool.call.result': result });
    expect(concludeCalls(readSpanRecord(record({ attributes })))).toMatchObject([
      { outcome: 'error' },
    ]);
  });

  it('does not take a call without a result for one that waits', () => {
    const attributes = {
      'openinference.span.kind': 'TOOL',
      'tool.name': 'read_mail',
      'input.value': TEXT,
    };
    expect(concludeCalls(readSpanRecord(record({ attributes })))).toMatchObject([
      { outcome: 'unknown' },
    ]);
  });

  it('names an agent by its id where it has no name', () => {
    const attributes = otel({ 'gen_ai.agent.id': 'asst_7' });
    expect(concludeCalls(readSpanRecord(record({ attributes })))).toMatchObject([
      { agent: { name: 'asst_7' } },
    ]);
  });

  it('takes the outermost run of LangSmith for the agent', () => {
    const run = record({
      span: 'root',
      name: 'mailer',
      attributes: { 'langsmith.run_type': 'chain' },
    });
    const tool = record({
      parent: 'root',
      name: 'read_mail',
      attributes: { 'langsmith.run_type': 'tool', 'langsmith.inputs': ARGS },
    });
    expect(concludeCalls([run, tool].flatMap((one) => readSpanRecord(one)))).toMatchObject([
      { agent: { name: 'mailer' }, agentSource: 'run' },
    ]);
  });

  it('takes a name that instrumentations give to unknown agents for none', () => {
    const attributes = otel({ 'gen_ai.agent.name': 'OpenAI Agent' });
    expect(concludeCalls(readSpanRecord(record({ attributes })))).toMatchObject([
      { agent: { name: 'app' }, agentSource: 'service' },
    ]);
  });

  it('takes the mark of content that was left out for none', () => {
    const [seen] = readSpanRecord(log('user_prompt', { prompt: '<REDACTED>', 'session.id': 's1' }));
    expect(seen?.task).toBeUndefined();
    expect(seen?.session).toBe('s1');
  });

  it('takes a program’s word of what its sub-agent is told for no person’s request', () => {
    const prompt = '<task-notification><task-id>a1</task-id></task-notification>';
    const [seen] = readSpanRecord(log('user_prompt', { prompt, 'session.id': 's1' }));
    expect(seen?.task).toBeUndefined();
  });
});
