/**
 * The readers of what clients send, each on bodies that are well-formed first and broken then, and the
 * join on what they read: nothing throws, every rejection has words, a call has a name and is told
 * once, whatever is sent and in whatever order.
 */
import assert from 'node:assert/strict';
import { type Call, CallJoin, ClientReader, type Observation } from '@waywarden/agent-telemetry';
import { TRACES } from '../../packages/agent-telemetry/src/otlp/decode.ts';
import { anyText, anyValue, type FuzzRandom, mutated, mutatedBytes } from './fuzz-input.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

const KEYS = [
  'gen_ai.operation.name',
  'gen_ai.tool.name',
  'gen_ai.tool.call.id',
  'gen_ai.tool.call.arguments',
  'gen_ai.agent.name',
  'gen_ai.input.messages',
  'gen_ai.output.messages',
  'gen_ai.conversation.id',
  'openinference.span.kind',
  'input.value',
  'output.value',
  'llm.output_messages.0.message.tool_calls.0.tool_call.function.name',
  'traceloop.span.kind',
  'traceloop.entity.input',
  'langfuse.observation.type',
  'ai.operationId',
  'ai.toolCall.name',
  'mcp.method.name',
  'span.type',
  'tool_use_id',
  'session.id',
];
const WORDS = [
  'execute_tool',
  'invoke_agent',
  'chat',
  'TOOL',
  'AGENT',
  'tool',
  'tools/call',
  'c1',
  'a1',
];
const TOOLS = ['read_mail', 'mcp__mail__read_mail', 'transfer_to_payer', ''];

function message(r: FuzzRandom): unknown {
  const id = `c${r.below(3)}`;
  return r.pick<unknown>([
    {
      role: 'assistant',
      tool_calls: [{ id, function: { name: r.pick(TOOLS), arguments: anyText(r) } }],
    },
    { role: 'tool', tool_call_id: id, content: anyValue(r) },
    { type: 'tool_use', id, name: r.pick(TOOLS), input: anyValue(r) },
    { role: 'user', content: anyText(r) },
    anyValue(r),
  ]);
}

function text(r: FuzzRandom): string {
  if (r.chance(0.4)) return r.pick([...WORDS, ...TOOLS]);
  const value = r.chance(0.5) ? Array.from({ length: r.below(4) }, () => message(r)) : anyValue(r);
  return r.chance(0.3) ? mutated(r, JSON.stringify(value)) : JSON.stringify(value);
}

const hex = (r: FuzzRandom, bytes: number) =>
  r
    .below(6)
    .toString(16)
    .padStart(bytes * 2, '0');

/** Spans whose parents may be missing, later, themselves, or in a circle. */
function span(r: FuzzRandom) {
  return {
    traceId: hex(r, 16),
    spanId: hex(r, 8),
    parentSpanId: r.chance(0.3) ? '' : hex(r, 8),
    name: r.pick(['execute_tool read_mail', 'tools', 'ai.toolCall', anyText(r)]),
    startTimeUnixNano: String(r.below(1_000) * 1e6),
    endTimeUnixNano: r.chance(0.1) ? anyText(r) : String(r.below(2_000) * 1e6),
    attributes: Array.from({ length: r.below(8) }, () => ({
      key: r.pick(KEYS),
      value: r.chance(0.9) ? { stringValue: text(r) } : anyValue(r),
    })),
    events: r.chance(0.2) ? [{ name: 'exception', attributes: anyValue(r) }] : [],
    status: r.chance(0.2) ? { code: r.below(4), message: anyText(r) } : undefined,
  };
}

function traces(r: FuzzRandom) {
  const spans = Array.from({ length: r.below(12) }, () => span(r));
  return { resourceSpans: [{ resource: { attributes: [] }, scopeSpans: [{ spans }] }] };
}

function isReported(calls: readonly Call[]): void {
  const ids = calls.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length, 'a call was told twice');
  for (const call of calls) {
    assert.ok(call.tool !== '', 'a call without a name');
    assert.ok(Number.isFinite(call.at));
  }
}

const OPTIONS = { quietMs: 5, waitMsMax: 20, observationsMax: 200 };

function joined(r: FuzzRandom, observations: readonly Observation[]): void {
  const join = new CallJoin(OPTIONS);
  const calls: Call[] = [];
  for (const [at, one] of observations.entries()) {
    join.add([one], at);
    if (r.chance(0.05)) calls.push(...join.warmedUp(at));
    assert.ok(join.counts.inHand <= OPTIONS.observationsMax);
  }
  calls.push(...join.flush());
  isReported(calls);
}

interface Body {
  readonly path: string;
  readonly type: string;
  readonly body: Uint8Array;
}

function reading(make: (r: FuzzRandom) => Body) {
  return (r: FuzzRandom): number => {
    const reader = new ClientReader();
    let size = 0;
    const observations: Observation[] = [];
    for (let requests = 1 + r.below(3); requests > 0; requests -= 1) {
      const { path, type, body } = make(r);
      const headers = { 'content-type': type };
      const read = reader.read({ method: 'POST', path, headers, body, receivedAt: 1 });
      assert.ok(read.rejected === 0 || read.problem !== undefined, 'a rejection without words');
      observations.push(...read.observations);
      size += body.length;
    }
    joined(r, observations);
    return size;
  };
}

const json = (r: FuzzRandom, value: unknown) => {
  const whole = JSON.stringify(value) ?? '';
  return utf8(r.chance(0.4) ? mutated(r, whole) : whole);
};

function otlpJson(r: FuzzRandom): Body {
  return { path: '/v1/traces', type: 'application/json', body: json(r, traces(r)) };
}

function otlpProtobuf(r: FuzzRandom): Body {
  const { resourceSpans } = traces(r);
  const [first] = resourceSpans;
  const spans = (first?.scopeSpans[0]?.spans ?? []).map((one) => ({
    traceId: Buffer.from(one.traceId, 'hex'),
    spanId: Buffer.from(one.spanId, 'hex'),
    parentSpanId: Buffer.from(one.parentSpanId, 'hex'),
    name: one.name,
    attributes: one.attributes.map(({ key }) => ({ key, value: { stringValue: text(r) } })),
  }));
  const message = TRACES.fromObject({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
  const bytes = TRACES.encode(message).finish();
  const body = r.chance(0.5) ? mutatedBytes(r, bytes) : bytes;
  return { path: '/v1/traces', type: 'application/x-protobuf', body };
}

function otlpLogs(r: FuzzRandom): Body {
  const logRecords = Array.from({ length: r.below(6) }, () => {
    const { name, traceId, spanId, attributes } = span(r);
    return { traceId, spanId, body: { stringValue: name }, attributes };
  });
  const value = { resourceLogs: [{ scopeLogs: [{ logRecords }] }] };
  return { path: '/v1/logs', type: 'application/json', body: json(r, value) };
}

function openAi(r: FuzzRandom): Body {
  const data = Array.from({ length: r.below(8) }, () => ({
    object: r.pick(['trace', 'trace.span', anyText(r)]),
    id: hex(r, 8),
    trace_id: hex(r, 8),
    parent_id: hex(r, 8),
    span_data: {
      type: r.pick(['function', 'agent', 'handoff', 'custom']),
      name: r.pick(TOOLS),
      input: text(r),
      output: text(r),
      to_agent: 'payer',
    },
    error: r.chance(0.2) ? anyValue(r) : null,
  }));
  return { path: '/v1/traces/ingest', type: 'application/json', body: json(r, { data }) };
}

function run(r: FuzzRandom) {
  return {
    id: hex(r, 8),
    trace_id: hex(r, 8),
    parent_run_id: hex(r, 8),
    name: r.pick([...TOOLS, 'tools']),
    run_type: r.pick(['tool', 'chain', 'llm', anyText(r)]),
    inputs: anyValue(r),
    outputs: { output: message(r) },
    extra: { metadata: { langgraph_node: 'tools', lc_agent_name: 'a1', thread_id: text(r) } },
    error: r.chance(0.2) ? text(r) : undefined,
  };
}

function langSmith(r: FuzzRandom): Body {
  const post = Array.from({ length: r.below(6) }, () => run(r));
  return {
    path: '/runs/batch',
    type: 'application/json',
    body: json(r, { post, patch: anyValue(r) }),
  };
}

function langSmithParts(r: FuzzRandom): Body {
  const parts = Array.from({ length: r.below(6) }, () => {
    const name = `${r.pick(['post', 'patch'])}.${hex(r, 8)}${r.pick(['', '.inputs', '.outputs', '.extra'])}`;
    return `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${JSON.stringify(run(r))}\r\n`;
  });
  const body = mutatedBytes(r, utf8(`${parts.join('')}--b--\r\n`));
  return { path: '/runs/multipart', type: 'multipart/form-data; boundary=b', body };
}

const HOOKS = [
  'PreToolUse',
  'PostToolUse',
  'PostToolUseFailure',
  'PostToolBatch',
  'SubagentStart',
  'UserPromptSubmit',
  'notify',
  '',
];

function hook(r: FuzzRandom): Body {
  const payload = {
    session_id: text(r),
    hook_event_name: r.pick(HOOKS),
    tool_name: r.pick(TOOLS),
    tool_input: anyValue(r),
    tool_response: r.chance(0.5) ? anyValue(r) : text(r),
    tool_use_id: `c${r.below(3)}`,
    tool_calls: anyValue(r),
    agent_id: r.chance(0.3) ? text(r) : undefined,
    prompt: anyText(r),
  };
  return {
    path: `/v1/hooks?event=${r.pick(HOOKS)}`,
    type: 'application/json',
    body: json(r, payload),
  };
}

const METHODS = [
  'initialize',
  'tools/call',
  'tools/list',
  'elicitation/create',
  'notifications/cancelled',
  'SendMessage',
  'message/stream',
  'GetTask',
];

function rpc(r: FuzzRandom) {
  const request = {
    jsonrpc: '2.0',
    id: r.below(4),
    method: r.pick(METHODS),
    params: {
      name: r.pick(TOOLS),
      arguments: anyValue(r),
      message: message(r),
      _meta: anyValue(r),
    },
  };
  const answer = {
    jsonrpc: '2.0',
    id: r.below(4),
    result: r.chance(0.5)
      ? anyValue(r)
      : { content: [{ type: 'text', text: anyText(r) }], isError: r.chance(0.3) },
  };
  return { request, answer };
}

function exchange(r: FuzzRandom): Body {
  const lines = Array.from({ length: 1 + r.below(5) }, () => {
    const { request, answer } = rpc(r);
    const encode = (value: unknown) => Buffer.from(json(r, value)).toString('base64');
    const wire = {
      n: 1,
      kind: 'wire',
      path: r.pick(['client->server', 'server->client']),
      body_b64: encode(r.chance(0.5) ? request : answer),
    };
    const http = {
      n: 1,
      kind: 'http',
      method: 'POST',
      path: '/mcp',
      headers: { 'mcp-session-id': 's1' },
      body_b64: encode(request),
      response: { status: r.pick([200, 401, 500]), headers: {} },
      response_body_b64: encode(answer),
    };
    const line = JSON.stringify(r.chance(0.5) ? wire : http);
    return r.chance(0.2) ? mutated(r, line) : line;
  });
  return { path: '/v1/exchanges', type: 'application/x-ndjson', body: utf8(lines.join('\n')) };
}

function record(r: FuzzRandom): Body {
  const value = r.pick<unknown>([
    {
      kind: 'EventList',
      items: [{ verb: anyText(r), objectRef: anyValue(r), user: anyValue(r), auditID: 'x' }],
    },
    { 'mcp.method.name': 'tools/call', 'gen_ai.tool.name': r.pick(TOOLS), 'jwt.sub': anyText(r) },
    {
      eventSource: 'bedrock-agentcore.amazonaws.com',
      eventName: anyText(r),
      requestParameters: anyValue(r),
    },
    anyValue(r),
  ]);
  return { path: '/v1/records', type: 'application/json', body: json(r, value) };
}

export const TELEMETRY_PARSERS = {
  'otlp-json': { cases: 2_000, run: reading(otlpJson) },
  'otlp-protobuf': { cases: 2_000, run: reading(otlpProtobuf) },
  'otlp-logs': { cases: 2_000, run: reading(otlpLogs) },
  'openai-traces': { cases: 2_000, run: reading(openAi) },
  'langsmith-batch': { cases: 2_000, run: reading(langSmith) },
  'langsmith-multipart': { cases: 2_000, run: reading(langSmithParts) },
  hooks: { cases: 2_000, run: reading(hook) },
  exchanges: { cases: 2_000, run: reading(exchange) },
  records: { cases: 2_000, run: reading(record) },
};
