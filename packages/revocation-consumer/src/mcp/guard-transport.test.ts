import { beforeEach, describe, expect, test } from 'vitest';
import type { Judgement } from '../orders/consumer-options.ts';
import { order } from '../testing/receiver-bench.ts';
import { type GuardedTransport, guardTransport } from './guard-transport.ts';
import type { ReportedCall } from './reported-calls.ts';

const ALLOWED: Judgement = { allowed: true, stale: false, asOfMs: 0 };
const DENIED: Judgement = { allowed: false, command: order(1), stale: false, asOfMs: 0 };

/** As the SDKs' are: its own state, and what the server sets on it. */
class PairedTransport implements GuardedTransport {
  readonly #sent: unknown[] = [];
  onmessage?: (message: unknown, extra?: unknown) => void;
  onclose?: () => void;
  readonly sessionId = 'session-1';

  async send(message: unknown): Promise<void> {
    this.#sent.push(message);
  }

  sent(): readonly unknown[] {
    return this.#sent;
  }
}

let judgement: Judgement;
let told: ReportedCall[];
let reached: unknown[];
let transport: PairedTransport;
let guarded: PairedTransport;

beforeEach(() => {
  [judgement, told, reached] = [ALLOWED, [], []];
  transport = new PairedTransport();
  guarded = guardTransport(transport, {
    consumer: { judge: () => judgement },
    server: 'mail',
    factsOf: ({ extra }) => (extra === undefined ? undefined : { agentUid: String(extra) }),
    report: (call) => told.push(call),
  });
  guarded.onmessage = (message) => reached.push(message);
});

const call = (id: number, name = 'send') => ({
  ...{ jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: { to: 'a' } } },
});
const result = (id: number, more: object = {}) => ({
  ...{ jsonrpc: '2.0', id, result: { content: [{ type: 'text', text: 'sent' }], ...more } },
});

describe('a guarded transport', () => {
  test('hands calls on and tells each with its arguments and its result, once it is answered', async () => {
    transport.onmessage?.(call(1), 'agent-a');
    expect([reached, told]).toEqual([[call(1)], []]);
    await guarded.send(result(1));
    expect(transport.sent()).toEqual([result(1)]);
    expect(told).toMatchObject([
      { tool: 'mail/send', outcome: 'success', args: { to: 'a' }, result: 'sent' },
    ]);
  });

  test('answers calls of who is contained with the order, and the server never sees them', () => {
    judgement = DENIED;
    transport.onmessage?.(call(1), 'agent-a');
    expect(reached).toEqual([]);
    expect(transport.sent()).toMatchObject([
      { id: 1, error: { code: -32_001, data: { command_id: order(1).command_id } } },
    ]);
    expect(told).toMatchObject([{ outcome: 'denied', commandId: order(1).command_id }]);
  });

  test('refuses a call that names no agent', () => {
    transport.onmessage?.(call(1));
    expect(reached).toEqual([]);
    expect(transport.sent()).toMatchObject([{ error: { data: { error: 'agent_unknown' } } }]);
  });

  test('lets what reaches no data pass while a task is revoked, and nothing of a disabled agent', () => {
    const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
    judgement = DENIED;
    transport.onmessage?.(list, 'agent-a');
    expect(reached).toEqual([list]);
    judgement = { ...DENIED, command: order(1, { action: 'disable_agent' }) };
    transport.onmessage?.({ ...list, id: 2 }, 'agent-a');
    expect(reached).toEqual([list]);
    expect(transport.sent()).toMatchObject([{ id: 2, error: { code: -32_001 } }]);
  });

  test('tells an error of the tool, one of the protocol and what the server asks back apart', async () => {
    for (const id of [1, 2, 3]) transport.onmessage?.(call(id), 'agent-a');
    await guarded.send(result(1, { isError: true }));
    await guarded.send({ jsonrpc: '2.0', id: 2, error: { code: -32_602, message: 'no' } });
    await guarded.send({ jsonrpc: '2.0', id: 3, result: { resultType: 'input_required' } });
    expect(told.map(({ outcome }) => outcome)).toEqual(['tool_error', 'protocol_error', 'unknown']);
  });

  test('tells calls that were not answered as unknown when the connection ends', () => {
    let isClosed = false;
    guarded.onclose = () => {
      isClosed = true;
    };
    transport.onmessage?.(call(1), 'agent-a');
    transport.onclose?.();
    expect([isClosed, told[0]?.outcome]).toEqual([true, 'unknown']);
  });

  test('refuses what servers might read otherwise, and leaves the transport its own', () => {
    transport.onmessage?.({ ...call(1), params: ['send'] }, 'agent-a');
    expect(reached).toEqual([]);
    expect(transport.sent()).toMatchObject([{ id: 1, error: { code: -32_600 } }]);
    expect([guarded.sessionId, guarded.sent().length]).toEqual(['session-1', 1]);
  });
});
