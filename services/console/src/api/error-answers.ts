/** What the API answers to whoever asks wrongly: where, what, and what to do. Our own failures are logged and not told. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';

const ASK_RIGHTLY =
  'Correct what is named and ask again; docs/guide-console.md lists the addresses.';
const JSON_ONLY = 'Send JSON with the header "Content-Type: application/json".';
const SMALLER = 'Send less at once.';

function hintFor(code: number): string {
  if (code === 415) return JSON_ONLY;
  return code === 413 ? SMALLER : ASK_RIGHTLY;
}

/** Where, and what is wrong there; a field that nobody knows by its name. */
function issueWords({ issues: [issue] }: z.ZodError): string {
  const at = issue?.path.join('.') || 'request';
  if (issue?.code === 'unrecognized_keys')
    return `${at}: no such parameter or field: ${issue.keys.join(', ')}`;
  return `${at}: ${issue?.message ?? 'not understood'}`;
}

export function errorAnswers(app: FastifyInstance): void {
  app.setErrorHandler(async (error, request, reply) => {
    if (error instanceof z.ZodError) {
      const message = issueWords(error);
      return reply.code(400).send({ error: 'bad_request', message, what_to_do: ASK_RIGHTLY });
    }
    const { statusCode: code = 500, code: name = '' } = error as {
      readonly statusCode?: number;
      readonly code?: string;
    };
    if (name.startsWith('FST_CSRF')) {
      return reply.code(403).send({
        error: 'csrf',
        message: 'The page that sent this is not of this session (any more).',
        what_to_do:
          'Load the page again, then act. A program acts with an API token, or sends csrf of GET /v1/session as x-csrf-token.',
      });
    }
    if (code < 500) {
      const message = error instanceof Error ? error.message : 'not understood';
      return reply.code(code).send({ error: 'bad_request', message, what_to_do: hintFor(code) });
    }
    request.log.error({ err: error, url: request.url }, 'a request failed');
    return reply.code(503).send({
      error: 'store_unavailable',
      message: 'The store did not answer. Events are still taken and kept.',
      what_to_do: 'Ask again in a moment; if it stays so, see `waywarden status`.',
    });
  });
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({
      error: 'not_found',
      message: 'There is nothing here.',
      what_to_do: 'See GET /.',
    }),
  );
}
