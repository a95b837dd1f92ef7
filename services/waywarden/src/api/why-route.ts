/** `GET /v1/events/:id/why`: why a stored call was, or was not, an alert. One question at a time. */
import { setImmediate } from 'node:timers/promises';
import { type EventLog, partitionOf } from '@waywarden/event-log';
import { type AuditEvent, eventKey, HEADERS, TOPICS } from '@waywarden/schemas';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { explainAfter, explanationLines, explanationOf } from '../explain/explain-call.ts';
import type { StoreReader } from './store-reader.ts';

const CHUNK_RECORDS = 1000;
/** Of the agent's partition, the latest. */
const RECORDS_MAX = 200_000;
const CALLS_PLAYED_MAX = 2_000;
/** So many of its calls, then others get a turn. */
const TURN_CALLS = 25;
const DECODER = new TextDecoder();
const idParameter = z.object({ id: z.uuid() });

interface Parts {
  readonly store: StoreReader;
  readonly log: EventLog;
  readonly tenant: string;
}

interface Past {
  readonly calls: readonly AuditEvent[];
  /** Earlier ones were left out. */
  readonly isCut: boolean;
}

/** What the agent did before the call; undefined: the log keeps the call no longer. */
async function pastOf(event: AuditEvent, { log, tenant }: Parts): Promise<Past | undefined> {
  const topic = TOPICS.auditEvents.name;
  const key = eventKey(tenant, event.agent.uid);
  const { partitions } = await log.describe(topic);
  const partition = partitionOf(key, partitions);
  const end = (await log.endOffsets(topic))[partition] ?? 0;
  const first = (await log.startOffsets(topic))[partition] ?? 0;
  const calls: AuditEvent[] = [];
  let isCut = end - RECORDS_MAX > first;
  for (let at = Math.max(first, end - RECORDS_MAX); at < end; ) {
    const records = await log.read(topic, partition, at, Math.min(CHUNK_RECORDS, end - at));
    if (records.length === 0) break;
    for (const { key: of, headers, value } of records) {
      if (of !== key || value === null || headers[HEADERS.type] !== 'event') continue;
      const one = JSON.parse(DECODER.decode(value)) as AuditEvent;
      if (one.event_id === event.event_id) return { calls, isCut };
      calls.push(one);
      if (calls.length > CALLS_PLAYED_MAX) isCut = calls.shift() !== undefined;
    }
    at = (records.at(-1)?.offset ?? at) + 1;
  }
  return undefined;
}

async function* inTurns(calls: readonly AuditEvent[]): AsyncGenerator<AuditEvent> {
  for (const [n, call] of calls.entries()) {
    if (n % TURN_CALLS === 0) await setImmediate();
    yield call;
  }
}

async function whyOf(event: AuditEvent, { calls, isCut }: Past) {
  const judged = await explainAfter(event, inTurns(calls));
  const judgement = explanationOf(judged);
  const lines = explanationLines(judged, judgement);
  return { ...judgement, lines, played: calls.length, complete: !isCut };
}

export function whyRoute(app: FastifyInstance, parts: Parts): void {
  let isBusy = false;
  const refusal = (error: string, message: string, what_to_do: string) => ({
    ...{ error, message, what_to_do },
  });
  app.get('/v1/events/:id/why', async (request, reply) => {
    const { id } = idParameter.parse(request.params);
    if (isBusy) {
      const message = 'Another call is being explained.';
      return reply.code(409).send(refusal('busy', message, 'Ask again in a moment.'));
    }
    isBusy = true;
    try {
      const event = (await parts.store.event(id)) as AuditEvent | undefined;
      const past = event && (await pastOf(event, parts));
      if (event !== undefined && past !== undefined) return await whyOf(event, past);
    } finally {
      isBusy = false;
    }
    const message = `The log keeps no event ${id} of tenant ${parts.tenant}.`;
    return reply
      .code(404)
      .send(refusal('not_found', message, 'Older ones are past its retention.'));
  });
}
