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

/**
 * Moves log time in `up`: each second, if records arrived, something falls due or a silence is to be judged. The
 * wall clock enters only here. Limit: a missed heartbeat is noticed with the next record.
 */
const EVERY_MS = 1000;

interface LogClockOptions {
  readonly log: EventLog;
  readonly advance: (logTime: string) => Promise<void>;
  readonly now: () => string;
  readonly isDue: (logTime: string) => boolean;
  readonly onAdvanced: (copies: number) => void;
  readonly onError: (error: unknown) => void;
  readonly each: () => Promise<void>;
}

export class LogClock {
  readonly #options: LogClockOptions;
  readonly #timer: NodeJS.Timeout;
  /** Of partition ends; unknown at the start. */
  #expected = -1;
  #beat: Promise<void> | undefined;

  constructor(options: LogClockOptions) {
    this.#options = options;
    this.#timer = setInterval(() => {
      this.#beat ??= this.#tick().finally(() => {
        this.#beat = undefined;
      });
    }, EVERY_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#beat;
  }

  async #tick(): Promise<void> {
    const { log, advance, now, isDue, onAdvanced, onError, each } = this.#options;
    try {
      const ends = await log.endOffsets(TOPICS.auditEvents.name);
      const total = ends.reduce((a, b) => a + b, 0);
      const time = now();
      if (total > 0 && (total !== this.#expected || isDue(time))) {
        await advance(time);
        // Later arrivals are seen by the next beat.
        this.#expected = total + ends.length;
        onAdvanced(ends.length);
      }
      await each();
    } catch (error) {
      onError(error);
    }
  }
}
