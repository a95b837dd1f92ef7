/** `GET /v1/preview`: what an order would break; nothing is ordered. */
import {
  AGENT_UID_LENGTH_MAX,
  ID_LENGTH_MAX,
  TARGET_PARAMETERS,
  type Target,
  type TargetParameter,
  targetOfParameters,
} from '@waywarden/schemas';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Responder } from '../runtime/start-responder.ts';

const DAYS_MAX = 90;
const ids = z.partialRecord(
  z.enum(TARGET_PARAMETERS as readonly [TargetParameter, ...TargetParameter[]]),
  z.string().min(1).max(ID_LENGTH_MAX),
);
const query = z.looseObject({
  agent: z.string().min(1).max(AGENT_UID_LENGTH_MAX),
  action: z.string().min(1).max(256).optional(),
  tenant: z.string().min(1).max(256).optional(),
  days: z.coerce.number().int().min(1).max(DAYS_MAX).default(7),
});

export interface PreviewParts {
  readonly responder: Responder;
  readonly tenant: string;
  /** What the access was used for in the last days; absent: the store is asked elsewhere. */
  readonly inUse?: (target: Target, days: number) => Promise<readonly unknown[]>;
  readonly nowMs: () => number;
}

const BAD = {
  error: 'bad_request',
  what_to_do: `Give agent, and the ids of one level if not all of its access is meant: ${TARGET_PARAMETERS.join(', ')}; days up to ${DAYS_MAX}.`,
};

export function previewRoute(app: FastifyInstance, parts: PreviewParts): void {
  const { responder, nowMs } = parts;
  app.get('/v1/preview', async (request, reply) => {
    const asked = query.safeParse(request.query);
    if (!asked.success) {
      return reply.code(400).send({ ...BAD, message: z.prettifyError(asked.error) });
    }
    const { agent, action, days, tenant = parts.tenant, ...rest } = asked.data;
    const parameters = ids.safeParse(rest);
    if (!parameters.success) {
      return reply.code(400).send({ ...BAD, message: z.prettifyError(parameters.error) });
    }
    const whose = { tenant_id: tenant, agent_uid: agent };
    const target = targetOfParameters(whose, parameters.data);
    if (target === undefined) {
      const message = `${Object.keys(parameters.data).join(', ')} are not the ids of one level.`;
      return reply.code(400).send({ ...BAD, message });
    }
    const inUse = (await parts.inUse?.(target, days)) ?? [];
    const preview = responder.containments.preview(target, nowMs(), action);
    return { target, days, ...preview, in_use: inUse };
  });
}
