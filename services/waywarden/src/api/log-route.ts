/**
 * `GET /v1/log/TOPIC`: a topic's records as JSON lines, `{"end": true}` last. Needs the control token; written no
 * faster than read.
 */
import { Readable } from 'node:stream';
import type { EventLog, LogRecord } from '@waywarden/event-log';
import { TOPICS } from '@waywarden/schemas';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { ControlToken } from '../runtime/control-token.ts';
import { scanTopic } from '../runtime/scan-topic.ts';

/** Sealed bodies are not among them. */
const REPORTED = [TOPICS.auditEvents.name, TOPICS.privilegeSteps.name, TOPICS.alerts.name] as const;
const CHUNK_CHARS = 64 * 1024;
const DECODER = new TextDecoder();

const lineOf = ({ key, value, headers }: LogRecord): string =>
  `${JSON.stringify({ key, value: value === null ? null : DECODER.decode(value), headers })}\n`;

async function* chunks(log: EventLog, topic: string, onError: (error: unknown) => void) {
  let chunk = '';
  try {
    for await (const record of scanTopic(log, topic)) {
      chunk += lineOf(record);
      if (chunk.length < CHUNK_CHARS) continue;
      yield chunk;
      chunk = '';
    }
    yield `${chunk}{"end":true}\n`;
  } catch (error) {
    // The status is sent already.
    onError(error);
    const failed = error instanceof Error ? error.message : 'for a reason that is not known';
    yield `${chunk}${JSON.stringify({ failed })}\n`;
  }
}

export interface LogRouteParts {
  readonly log: EventLog;
  readonly controlToken: ControlToken;
}

export function logRoute(app: FastifyInstance, { log, controlToken }: LogRouteParts): void {
  app.get('/v1/log/:topic', async (request, reply) => {
    if (!controlToken.allows(request.headers.authorization)) {
      const message = `Reading the log needs the token of ${controlToken.file} as Bearer token.`;
      return reply.code(401).send({
        error: 'not_allowed',
        message,
        what_to_do: 'Send it as "Authorization: Bearer <token>".',
      });
    }
    const { topic } = z.object({ topic: z.string() }).parse(request.params);
    if (!REPORTED.some((one) => one === topic)) {
      const message = `The records of ${topic} are not told here.`;
      return reply
        .code(404)
        .send({ error: 'not_found', message, what_to_do: `Name one of ${REPORTED.join(', ')}.` });
    }
    const failed = (error: unknown) => request.log.error(error, 'reading the log failed');
    return reply.type('application/x-ndjson').send(Readable.from(chunks(log, topic, failed)));
  });
}
