import { describe, expect, it } from 'vitest';
import {
  loadMappings,
  type Mapping,
  mappingOf,
  RecordReader,
  readMappedRecord,
} from './record-reader.ts';

const reader = new RecordReader();

function only(body: unknown): unknown {
  const { observations, rejected } = reader.read(body);
  expect(rejected).toBe(0);
  expect(observations).toHaveLength(1);
  return observations[0];
}

function written(yaml: string): Mapping {
  const read = mappingOf(yaml);
  if (read.kind === 'refused') throw new Error(read.problem);
  return read.mapping;
}

describe('shipped mappings', () => {
  it('are all valid and named apart', () => {
    const names = loadMappings().map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('agentgateway: reads flat names, and a refused request as denied', () => {
    const line = {
      'mcp.method.name': 'tools/call',
      'gen_ai.tool.name': 'pay',
      'mcp.target': 'bank',
      'mcp.session.id': 's1',
      'http.status': 403,
      'trace.id': 'a'.repeat(32),
      'jwt.sub': 'u1',
    };
    expect(only(line)).toMatchObject({
      convention: 'agentgateway-mcp',
      user: 'u1',
      threads: ['mcp:s1'],
      place: { trace: 'a'.repeat(32) },
      call: { tool: 'pay', server: 'bank', stage: 'decided', outcome: 'denied' },
    });
  });

  it('Envoy: does not take a status of 200 for the success of the tool', () => {
    const line = { 'x-mcp-method': 'tools/call', 'x-mcp-toolname': 'pay', response_code: 200 };
    expect(only(line)).toMatchObject({ call: { tool: 'pay', outcome: undefined } });
  });

  it('ToolHive: reads both spellings', () => {
    const event = { type: 'mcp_tool_call', outcome: 'failure', target: { name: 'pay' } };
    for (const id of [{ audit_id: 'x' }, { auditId: 'x' }]) {
      expect(only({ ...event, ...id })).toMatchObject({ call: { callId: 'x', outcome: 'error' } });
    }
  });

  it('AgentCore: takes redacted arguments for absent and the token for the caller', () => {
    const record = {
      eventSource: 'bedrock-agentcore.amazonaws.com',
      eventName: 'InvokeGateway',
      eventTime: '2026-01-01T00:00:00Z',
      requestParameters: {
        body: { method: 'tools/call', params: { name: 'Bank___pay', arguments: 'REDACTED' } },
      },
      responseElements: { statusCode: 200, body: { result: { isError: false } } },
      additionalEventData: { 'jwt.claims': {}, jwt: { claims: { sub: 'clerk' } } },
    };
    const observation = only({ Records: [record] });
    expect(observation).toMatchObject({
      at: Date.parse('2026-01-01T00:00:00Z'),
      agent: { name: 'clerk' },
      call: { tool: 'Bank___pay', outcome: 'success', args: undefined },
    });
  });

  it('Kubernetes: reads each event of a webhook, with what was forbidden', () => {
    const event = {
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      stage: 'ResponseComplete',
      verb: 'get',
      auditID: 'a1',
      user: { username: 'system:serviceaccount:agents:clerk' },
      objectRef: { resource: 'secrets', namespace: 'bank', name: 'token' },
      responseStatus: { code: 403 },
      annotations: { 'authorization.k8s.io/decision': 'forbid' },
    };
    expect(only({ kind: 'EventList', items: [event] })).toMatchObject({
      agent: { name: 'system:serviceaccount:agents:clerk' },
      call: {
        tool: 'get_secrets',
        server: 'kubernetes',
        args: { namespace: 'bank', name: 'token' },
        outcome: 'denied',
      },
    });
  });

  it('LiteLLM: takes a request to a model for no call', () => {
    const payload = {
      call_type: 'acompletion',
      model: 'm',
      startTime: 1_800_000_000,
      trace_id: 't',
    };
    expect(only([payload])).toMatchObject({ threads: ['session:t'], call: undefined });
  });
});

describe('a mapping that somebody writes', () => {
  const yaml = `
name: mine
match: [{ at: event, in: [tool] }]
fields: { tool: what.name, args: what.input, time: ts }
outcome: [{ at: status, from: 400, is: error }, { at: status, is: success }]
`;

  it('reads the records that it matches and no others', () => {
    const record = { event: 'tool', what: { name: 'pay', input: '{"a":1}' }, status: '200', ts: 5 };
    expect(readMappedRecord(record, written(yaml))).toMatchObject({
      at: 5000,
      call: { tool: 'pay', args: { a: 1 }, outcome: 'success' },
    });
    expect(readMappedRecord({ ...record, event: 'other' }, written(yaml))).toBeUndefined();
  });

  it.each([
    ['no YAML', 'a: [b'],
    ['an unknown entry', `${yaml}\nfeilds: {}`],
    ['no match', 'name: x\nfields: {}'],
  ])('is refused with the reason: %s', (_, text) => {
    const read = mappingOf(text);
    expect(read.kind).toBe('refused');
    expect(read.kind === 'refused' ? read.problem.length : 0).toBeGreaterThan(10);
  });
});

describe('records that no mapping reads', () => {
  it.each([[null], [7], ['text'], [{ a: 1 }]])('are counted and described: %j', (body) => {
    const read = reader.read(body);
    expect(read).toMatchObject({ observations: [], rejected: 1 });
    expect(read.problem).toBeDefined();
  });

  it('leave the rest of the body standing', () => {
    const good = { 'x-mcp-method': 'tools/call', 'x-mcp-toolname': 'pay' };
    expect(reader.read([{ a: 1 }, good])).toMatchObject({ rejected: 1, observations: [{}] });
  });
});
