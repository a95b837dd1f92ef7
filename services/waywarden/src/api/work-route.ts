/**
 * `POST` of work that only a folder's owner can do, as JSON lines: `progress`, then `report` or `failed`. Control
 * token; one at a time.
 */
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { ControlToken } from '../runtime/control-token.ts';

export interface WorkParts {
  readonly at: string;
  readonly what: string;
  readonly work: (body: unknown, onProgress: (progress: unknown) => void) => Promise<unknown>;
  readonly controlToken: ControlToken;
}

export function workRoute(app: FastifyInstance, parts: WorkParts): void {
  const { at, what, work, controlToken } = parts;
  let isBusy = false;
  app.post(at, async (request, reply) => {
    if (!controlToken.allows(request.headers.authorization)) {
      return reply.code(401).send({
        error: 'not_allowed',
        message: `${what} needs the token of ${controlToken.file} as Bearer token.`,
        what_to_do: 'Send it as "Authorization: Bearer <token>".',
      });
    }
    if (isBusy) {
      const message = `${what} is going on already.`;
      const whatToDo = 'Ask again when that is done.';
      return reply.code(409).send({ error: 'busy', message, what_to_do: whatToDo });
    }
    isBusy = true;
    const lines = new Readable({ read: () => undefined });
    const say = (line: unknown) => lines.push(`${JSON.stringify(line)}\n`);
    work(request.body, (progress) => say({ progress }))
      .then(
        (report) => say({ report }),
        (error: unknown) => {
          request.log.error(error, `${at} failed`);
          say({
            failed: error instanceof Error ? error.message : 'for a reason that is not known',
          });
        },
      )
      .finally(() => {
        isBusy = false;
        lines.push(null);
      });
    return reply.type('application/x-ndjson').send(lines);
  });
}
