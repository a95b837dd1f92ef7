/**
 * `POST /v1/verify`: the owner of a folder holds its store against its log, since nobody else can open
 * them. Lines of JSON: `{"progress": …}` while it works, so that no connection is taken for dead, and
 * `{"report": …}` or `{"failed": …}` at the end. With the control token, because it reads everything
 * and makes the archiver wait for a while; one at a time.
 */
import { Readable } from 'node:stream';
import type { VerifyProgress, VerifyReport } from '@waywarden/archiver';
import type { FastifyInstance } from 'fastify';
import type { ControlToken } from '../embedded/control-token.ts';

export type Verification = (
  onProgress: (progress: VerifyProgress) => void,
) => Promise<VerifyReport>;

export interface VerifyParts {
  readonly verify: Verification;
  readonly controlToken: ControlToken;
}

export function verifyRoute(app: FastifyInstance, { verify, controlToken }: VerifyParts): void {
  let isBusy = false;
  app.post('/v1/verify', async (request, reply) => {
    if (!controlToken.allows(request.headers.authorization)) {
      const message = `Verifying needs the token of ${controlToken.file} as Bearer token.`;
      return reply.code(401).send({
        error: 'not_allowed',
        message,
        what_to_do: 'Send it as "Authorization: Bearer <token>".',
      });
    }
    if (isBusy) {
      const message = 'It is being verified already.';
      const whatToDo = 'Ask again when that is done.';
      return reply.code(409).send({ error: 'busy', message, what_to_do: whatToDo });
    }
    isBusy = true;
    const lines = new Readable({ read: () => undefined });
    const say = (line: unknown) => lines.push(`${JSON.stringify(line)}\n`);
    verify((progress) => say({ progress }))
      .then(
        (report) => say({ report }),
        (error: unknown) => {
          request.log.error(error, 'verifying failed');
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
