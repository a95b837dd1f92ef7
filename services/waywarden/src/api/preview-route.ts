/** `GET /v1/preview`: what an order would break; nothing is ordered. */
import type { Responder } from '@waywarden/responder';
import { AGENT_UID_LENGTH_MAX, ID_LENGTH_MAX, type Target } from '@waywarden/schemas';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { StoreReader } from './store-reader.ts';

const DAYS_MAX = 90;
const query = z.object({
  agent: z.string().min(1).max(AGENT_UID_LENGTH_MAX),
  task: z.string().min(1).max(ID_LENGTH_MAX).optional(),
  credential: z.string().min(1).max(ID_LENGTH_MAX).optional(),
  parent: z.string().min(1).max(AGENT_UID_LENGTH_MAX).optional(),
  delegation: z.string().min(1).max(ID_LENGTH_MAX).optional(),
  action: z.string().min(1).max(256).optional(),
  days: z.coerce.number().int().min(1).max(DAYS_MAX).default(7),
});

export interface PreviewParts {
  readonly responder: Responder;
  readonly store: StoreReader;
  readonly tenant: string;
  readonly nowMs: () => number;
}

function targetOf(tenant: string, asked: z.infer<typeof query>): Target {
  const base = { tenant_id: tenant, agent_uid: asked.agent };
  if (asked.task !== undefined) return { level: 'task', ...base, task_id: asked.task };
  if (asked.credential !== undefined) {
    return { level: 'credential', ...base, credential_uid: asked.credential };
  }
  const { parent, delegation } = asked;
  if (parent !== undefined && delegation !== undefined) {
    return { level: 'delegation', ...base, parent_agent_uid: parent, delegation_ref: delegation };
  }
  return { level: 'agent', ...base };
}

export function previewRoute(app: FastifyInstance, parts: PreviewParts): void {
  const { responder, store, tenant, nowMs } = parts;
  app.get('/v1/preview', async (request, reply) => {
    const asked = query.safeParse(request.query);
    if (!asked.success) {
      return reply.code(400).send({
        error: 'bad_request',
        message: z.prettifyError(asked.error),
        what_to_do: `Give agent, and task, credential, or parent and delegation if not all of its access is meant; days up to ${DAYS_MAX}.`,
      });
    }
    const target = targetOf(tenant, asked.data);
    const { days, action } = asked.data;
    const inUse = await store.inUse(target, days);
    const preview = responder.containments.preview(target, nowMs(), action);
    return { target, days, ...preview, in_use: inUse };
  });
}
