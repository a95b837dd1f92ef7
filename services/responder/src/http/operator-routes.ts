/**
 * `POST /v1/acts`: what a person orders by hand, signed with a key that the registry names. No token:
 * the signature is what is asked for. `GET /v1/enforcement`: whether it is paused, by whom, since when.
 */

import type { EventLog } from '@waywarden/event-log';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { takeSignedAct } from '../operator-desk.ts';
import type { Responder } from '../start-responder.ts';

const BODY_BYTES_MAX = 64 * 1024;
const query = z.object({ tenant: z.string().min(1).max(128).optional() });
const body = z.object({ act: z.string().max(16_384), signature: z.string().max(4_096) });

export interface OperatorRouteParts {
  readonly log: EventLog;
  readonly responder: Responder;
  /** Whose enforcement `GET /v1/enforcement` speaks of, where the request names none. */
  readonly tenant: string;
  readonly now: () => string;
}

const WHAT_TO_DO =
  'Sign with the key whose public half stands under `operators` of the registry; see docs/guide-operate.md.';

export function operatorRoutes(
  app: FastifyInstance,
  { log, responder, tenant, now }: OperatorRouteParts,
): void {
  app.post('/v1/acts', { bodyLimit: BODY_BYTES_MAX }, async (request, reply) => {
    const signed = body.parse(request.body);
    const desk = { log, keys: responder.receiverKeys, wallClock: now };
    const refused = await takeSignedAct(desk, signed);
    if (refused === undefined) return reply.code(202).send({ accepted: true });
    const message = `The act is refused: ${refused}.`;
    return reply.code(403).send({ error: refused, message, what_to_do: WHAT_TO_DO });
  });
  app.get('/v1/enforcement', async (request) => {
    const asked = query.parse(request.query).tenant ?? tenant;
    const { paused, by, sinceMs, reason, pending } = responder.containments.pauseOf(asked);
    const timeOf = (ms: number) => (ms === 0 ? null : new Date(ms).toISOString());
    const waits = pending && { act: pending.act, by: pending.by, at: timeOf(pending.atMs) };
    return { paused, by, since: timeOf(sinceMs), reason, pending: waits ?? null };
  });
}
