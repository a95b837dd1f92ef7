/**
 * Reports each call with arguments, result and outcome, in the background (delivery.ts): without it
 * nobody can see that a containment holds.
 */
import { type DeliveryOptions, EventDelivery } from '../http/delivery.ts';
import type { ReportedCall } from './reported-calls.ts';

const BATCH_MAX = 500;
/** Of one value as JSON; of a longer one the beginning is told, as text. */
const VALUE_CHARS_MAX = 256 * 1024;

export interface ReporterOptions extends DeliveryOptions {
  readonly nowMs?: () => number;
}

function bounded(value: unknown): unknown {
  const text = JSON.stringify(value);
  return text !== undefined && text.length > VALUE_CHARS_MAX
    ? text.slice(0, VALUE_CHARS_MAX)
    : value;
}

function eventOf(call: ReportedCall) {
  const { facts, tool, commandId, outcome, status, durationMs, args, result } = call;
  const [server = '', ...name] = tool.split('/');
  return {
    activity: 'tool_call',
    agent: {
      uid: facts?.agentUid,
      ...(facts?.instanceUid && { instance_uid: facts.instanceUid }),
    },
    tool: { server, name: name.join('/') },
    outcome,
    ...(args !== undefined && { args: { value: bounded(args) } }),
    ...(result !== undefined && { result: { value: bounded(result) } }),
    ...(durationMs !== undefined && { duration_ms: durationMs }),
    ...(facts?.taskId && { task: { id: facts.taskId } }),
    ...(facts?.credentialUid && { credential: { uid: facts.credentialUid } }),
    ...(facts?.approvedBy && { approval: { mode: 'human', by: facts.approvedBy } }),
    ...(commandId && { policy: { decision: 'deny', id: commandId } }),
    // Refused although no order is known to be about it: that proves none.
    ...(outcome === 'denied' && !commandId && !status && { error: { type: 'not_decided' } }),
    // By the server behind, which says why no better.
    ...(status && { error: { type: String(status) } }),
  };
}

export class EventReporter {
  readonly #nowMs: () => number;
  readonly #delivery: EventDelivery;
  #number = 0;

  constructor({ nowMs = Date.now, ...options }: ReporterOptions) {
    this.#nowMs = nowMs;
    const kind = { what: 'Events', type: 'application/x-ndjson', batchMax: BATCH_MAX };
    this.#delivery = new EventDelivery(options, kind);
  }

  report(call: ReportedCall) {
    if (call.facts === undefined) return;
    const atMs = this.#nowMs();
    const event = {
      event_time: new Date(atMs).toISOString(),
      native_id: `${atMs}-${process.pid}-${this.#number++}`,
      ...eventOf(call),
    };
    this.#delivery.add({ path: '/v1/events', body: JSON.stringify(event) });
  }

  flush(withinMs?: number): Promise<void> {
    return this.#delivery.flush(withinMs);
  }
}
