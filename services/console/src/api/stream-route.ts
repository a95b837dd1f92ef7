/**
 * The stream of changes as server-sent events: one long answer a page, resumed by `Last-Event-ID`, a
 * comment now and then so that a dead connection is noticed at both ends. A page that reads too
 * slowly is let go; it comes back by itself and is told what it missed.
 */
import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { ChangeFeed, Numbered } from './change-feed.ts';

/** Pages that may listen at once; a further one is refused and asks again later. */
export const STREAM_CLIENTS_MAX = 32;
/** What may wait in one page's connection. */
const WAITING_BYTES_MAX = 1_048_576;
const HEARTBEAT_MS = 15_000;
const RETRY_MS = 2_000;

const ID = /^[\w.-]{1,64}$/;

export interface Streams {
  close(): void;
}

function write(response: ServerResponse, { id, message }: Numbered): void {
  response.write(`id: ${id}\nevent: ${message.type}\ndata: ${JSON.stringify(message)}\n\n`);
  if (response.writableLength > WAITING_BYTES_MAX) response.destroy();
}

export function streamRoute(
  app: FastifyInstance,
  feed: ChangeFeed,
  heartbeatMs = HEARTBEAT_MS,
): Streams {
  const open = new Set<ServerResponse>();
  app.get('/v1/console/stream', (request, reply) => {
    if (open.size >= STREAM_CLIENTS_MAX) {
      return reply
        .code(503)
        .header('retry-after', '5')
        .send({
          error: 'too_many_pages',
          message: `${STREAM_CLIENTS_MAX} pages listen already. This one asks every few seconds instead; close some to hear at once.`,
        });
    }
    const headers = { ...reply.getHeaders() } as Record<string, string>;
    const last = request.headers['last-event-id'];
    const response = reply.raw;
    reply.hijack();
    response.writeHead(200, { ...headers, 'content-type': 'text/event-stream; charset=utf-8' });
    response.write(`retry: ${RETRY_MS}\n\n`);
    open.add(response);
    const known = typeof last === 'string' && ID.test(last) ? last : undefined;
    const ifAllowed = (send: () => void) => {
      if (response.writableEnded) return;
      if (request.isStillAllowed?.() === false) response.end();
      else send();
    };
    for (const missed of feed.missedSince(known)) write(response, missed);
    const quiet = feed.listen((numbered) => ifAllowed(() => write(response, numbered)));
    const beat = setInterval(
      () => ifAllowed(() => response.write(': still here\n\n')),
      heartbeatMs,
    );
    response.on('close', () => {
      clearInterval(beat);
      quiet();
      open.delete(response);
    });
    return reply;
  });
  return {
    close: () => {
      for (const response of open) response.end();
      feed.close();
    },
  };
}
