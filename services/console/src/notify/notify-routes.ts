/** Receivers of alerts: their state, what was set aside, trying them. */
import { randomUUID } from 'node:crypto';
import type { Alert } from '@waywarden/schemas';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Notifier } from './notifier.ts';

const DEAD_SHOWN_MAX = 100;
const receiverBody = z.strictObject({ receiver: z.string().min(1).max(64) });

function madeUp(tenant: string, at: string): Alert {
  const id = randomUUID();
  return {
    ...{ alert_id: id, incident_id: id, revision: 1, state: 'open', count: 1, tenant_id: tenant },
    ...{ kind: 'test', rule_id: 'test', rule_version: '1', severity: 'info', confidence: null },
    ...{ score: 0, evaluable: true, subject: { agent_uid: 'nobody' } },
    ...{ first_event_time: at, last_event_time: at, first_detected_at: at, detected_at: at },
    title: 'A test of this receiver: nothing happened',
    summary: 'Somebody pressed the test button in Waywarden.',
    ...{ reasons: [], evidence: [], not_visible: [], taxonomy: {} },
    ...{ policy_version: 'test', detector_version: 'test' },
  };
}

const missing = (reply: FastifyReply, receiver: string) =>
  reply.code(404).send({
    error: 'not_found',
    message: `No receiver is called ${receiver}.`,
    what_to_do: 'GET /v1/notify lists those of the file that --notify named.',
  });

/** `notifier` undefined: nobody is told. */
export function notifyRoutes(
  app: FastifyInstance,
  {
    notifier,
    tenant,
    now,
  }: {
    readonly notifier: Notifier | undefined;
    readonly tenant: string;
    readonly now: () => string;
  },
): void {
  app.get('/v1/notify', async () => ({
    receivers: notifier?.report() ?? [],
    dead: notifier?.dead(DEAD_SHOWN_MAX) ?? [],
  }));
  app.post('/v1/notify/test', async (request, reply) => {
    const { receiver } = receiverBody.parse(request.body);
    const delivery = await notifier?.test(receiver, madeUp(tenant, now()));
    return delivery ?? missing(reply, receiver);
  });
  app.post('/v1/notify/resend', async (request, reply) => {
    const { receiver } = receiverBody.parse(request.body);
    return (await notifier?.resend(receiver)) ?? missing(reply, receiver);
  });
}
