/** Who is told of alerts, whether they take it, what was set aside; and a made-up alert to try one of them. */
import { randomUUID } from 'node:crypto';
import type { Alert } from '@waywarden/schemas';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Notifier } from './notifier.ts';

const DEAD_SHOWN_MAX = 100;
const testBody = z.strictObject({ receiver: z.string().min(1).max(64) });

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
    const { receiver } = testBody.parse(request.body);
    const delivery = await notifier?.test(receiver, madeUp(tenant, now()));
    if (delivery !== undefined) return delivery;
    return reply.code(404).send({
      error: 'not_found',
      message: `No receiver is called ${receiver}.`,
      what_to_do: 'GET /v1/notify lists those of the file that --notify named.',
    });
  });
}
