/** `GET /v1/dead-letters[/ID]`, bodies sealed; `POST …/redrive` sends again. Needs the control token. */
import type { EventLog } from '@waywarden/event-log';
import {
  findLetter,
  LETTERS_LISTED_MAX,
  listLetters,
  REDRIVE_LETTERS_MAX,
  type RunningIngest,
} from '@waywarden/ingest';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ControlToken } from '../runtime/control-token.ts';

const LIMIT_DEFAULT = 50;
const name = z.string().min(1).max(512);
const letterId = z.string().regex(/^\d{1,4}-\d{1,15}$/, 'is no id of a letter (such as 0-17)');

const listQuery = z.object({
  reason: name.optional(),
  source: name.optional(),
  since: z.iso.datetime({ offset: true }).optional(),
  limit: z.coerce.number().int().min(1).max(LETTERS_LISTED_MAX).default(LIMIT_DEFAULT),
  order: z.enum(['newest', 'log']).default('newest'),
  after: letterId.optional(),
});
const redriveBody = z.strictObject({
  ids: z.array(letterId).min(1).max(REDRIVE_LETTERS_MAX),
  dry_run: z.boolean().default(false),
  token: name.optional(),
});

export interface DeadLetterParts {
  readonly log: EventLog;
  readonly redrive: RunningIngest['redrive'];
  readonly controlToken: ControlToken;
}

export function deadLetterRoutes(app: FastifyInstance, parts: DeadLetterParts): void {
  const { log, redrive, controlToken } = parts;
  const isAllowed = ({ headers }: FastifyRequest) => controlToken.allows(headers.authorization);
  const refuse = (reply: FastifyReply) =>
    reply.code(401).send({
      error: 'not_allowed',
      message: `Dead letters of all tenants need the token of ${controlToken.file} as Bearer token.`,
      what_to_do: 'Send it as "Authorization: Bearer <token>".',
    });
  app.get('/v1/dead-letters', async (request, reply) =>
    isAllowed(request) ? listLetters(log, listQuery.parse(request.query)) : refuse(reply),
  );
  app.get('/v1/dead-letters/:id', async (request, reply) => {
    if (!isAllowed(request)) return refuse(reply);
    const { id } = z.object({ id: letterId }).parse(request.params);
    const found = await findLetter(log, id);
    if (found === 'expired') {
      const message = `Letter ${id} is kept no longer: letters and their bodies are removed after a while (--keep deadletter).`;
      return reply
        .code(410)
        .send({ error: 'expired', message, what_to_do: 'Only its source can send it again.' });
    }
    if (found !== undefined) {
      const { letter, sealed } = found;
      return { letter, sealed: sealed === null ? null : Buffer.from(sealed).toString('base64') };
    }
    const message = `There is no letter ${id}.`;
    return reply
      .code(404)
      .send({ error: 'not_found', message, what_to_do: 'See GET /v1/dead-letters.' });
  });
  app.post('/v1/dead-letters/redrive', async (request, reply) => {
    if (!isAllowed(request)) return refuse(reply);
    const { ids, dry_run: dryRun, token } = redriveBody.parse(request.body);
    return { results: await redrive({ ids, dryRun, token }) };
  });
}
