/**
 * How much the profile stage keeps of an agent after a simulated fleet went through it, with registry
 * and policy as in operation: all its state, not the features' alone.
 */
import { decideProfile } from '@waywarden/detector';
import { FormatReader } from '@waywarden/ingest';
import { type AuditEvent, type Policy, TOPICS } from '@waywarden/schemas';
import { MemoryTransaction, type StageRecord } from '@waywarden/stage';
import { fileAcceptor } from '@waywarden/waywarden/input/input-options';
import { readLines } from '@waywarden/waywarden/input/read-lines';
import { loadRegistry } from '@waywarden/waywarden/runtime/rule-files';
import {
  type BenchmarkStream,
  type StreamFlags,
  withStreams,
} from '../evaluate/benchmark-stream.ts';
import { type StateReport, StateSizes } from '../evaluate/state-sizes.ts';

export const TENANT = 'default';
/** Calls of each agent that are given back, the last ones. */
const LAST_CALLS = 16;

export interface AgentStateReport extends StateReport {
  readonly streams: readonly Readonly<Record<string, unknown>>[];
  readonly events: number;
}

export interface Decided {
  readonly entries: ReadonlyMap<string, unknown>;
  readonly events: number;
  /** By agent. */
  readonly last: ReadonlyMap<string, readonly AuditEvent[]>;
}

/** The state after the stream, how many events it had, and the last acts of each agent. */
async function decided(stream: BenchmarkStream, policy: Policy): Promise<Decided> {
  const registry = stream.registry === undefined ? undefined : loadRegistry(stream.registry);
  const acceptor = fileAcceptor(
    { format: 'events', tenant: TENANT, assurance: 'authenticated', trustFields: true },
    registry,
  );
  const transaction = new MemoryTransaction();
  const topic = TOPICS.auditEvents.name;
  const take = (type: StageRecord['type'], value: unknown) =>
    decideProfile(transaction, {
      topic,
      partition: 0,
      offset: 0,
      key: null,
      type,
      value,
      source: 's',
    });
  take('control', { kind: 'policy', seq: 1, tenant_id: TENANT, version: 'p', policy });
  if (registry !== undefined) {
    take('control', { kind: 'registry', seq: 2, tenant_id: TENANT, version: 'r', registry });
  }
  const reader = new FormatReader('events');
  const last = new Map<string, readonly AuditEvent[]>();
  let events = 0;
  for await (const line of readLines(stream.events)) {
    for (const event of acceptor.accept(reader.read(line.text, line.number)).events) {
      take('event', event);
      events += 1;
      if (event.activity !== 'tool_call') continue;
      const calls = [...(last.get(event.agent.uid) ?? []), event];
      last.set(event.agent.uid, calls.slice(-LAST_CALLS));
    }
  }
  return { entries: transaction.entries, events, last };
}

export async function decidedStreams(
  flags: StreamFlags,
  policy: Policy,
): Promise<readonly Decided[]> {
  return withStreams(flags, async ({ streams }) => {
    const all: Decided[] = [];
    for (const stream of streams) all.push(await decided(stream, policy));
    return all;
  });
}

export async function agentState(flags: StreamFlags, policy: Policy): Promise<AgentStateReport> {
  return withStreams(flags, async ({ streams }) => {
    const sizes = new StateSizes();
    let events = 0;
    for (const [n, stream] of streams.entries()) {
      const done = await decided(stream, policy);
      sizes.add(done.entries, n);
      events += done.events;
    }
    return { streams: streams.map(({ source }) => source), events, ...sizes.report() };
  });
}
