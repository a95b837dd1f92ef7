/** `POST /v1/acts`: signed manual acts, no token. `GET /v1/enforcement`: the pause, and what it held back. */
import type { EventLog } from '@waywarden/event-log';
import { epochMs } from '@waywarden/schemas';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { ActOutcome } from '../core/operator/take-act.ts';
import { actProblems, type SignedActText, takeSignedAct } from '../runtime/operator-desk.ts';
import type { Responder } from '../runtime/start-responder.ts';

const BODY_BYTES_MAX = 64 * 1024;
const query = z.object({ tenant: z.string().min(1).max(128).optional() });
const body = z.object({ act: z.string().max(16_384), signature: z.string().max(4_096) });

export interface OperatorRouteParts {
  readonly log: EventLog;
  readonly responder: Responder;
  readonly tenant: string;
  readonly now: () => string;
}

/** An act is decided within a moment. */
const OUTCOME_MS = 5_000;
const LOOK_EVERY_MS = 20;

async function outcomeOf({ containments }: Responder, act: string): Promise<ActOutcome | null> {
  const { act_id: actId } = JSON.parse(act) as { readonly act_id: string };
  const untilMs = performance.now() + OUTCOME_MS;
  for (;;) {
    const outcome = containments.outcomeOfAct(actId);
    if (outcome !== undefined || performance.now() >= untilMs) return outcome ?? null;
    await new Promise((resolve) => {
      setTimeout(resolve, LOOK_EVERY_MS);
    });
  }
}

export async function giveSignedAct(
  { log, responder, now }: Omit<OperatorRouteParts, 'tenant'>,
  signed: SignedActText,
  waits: boolean,
): Promise<{ readonly refused: string } | { readonly outcome: ActOutcome | null }> {
  const desk = { log, keys: responder.receiverKeys, wallClock: now };
  const refused = await takeSignedAct(desk, signed);
  if (refused !== undefined) return { refused };
  return { outcome: waits ? await outcomeOf(responder, signed.act) : null };
}

const WHAT_IS_AN_ACT =
  'Give ids as they stand in decisions, commands and alerts (UUIDs); every field: schemas/json/journal-entry.schema.json, under act.';
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
    if (refused === undefined) {
      const outcome = await outcomeOf(responder, signed.act);
      return reply.code(202).send({ accepted: true, outcome });
    }
    if (refused === 'act_invalid') {
      const message = `The act can’t be read: ${actProblems(signed.act)}`;
      return reply.code(400).send({ error: refused, message, what_to_do: WHAT_IS_AN_ACT });
    }
    const message = `The act is refused: ${refused}.`;
    return reply.code(403).send({ error: refused, message, what_to_do: WHAT_TO_DO });
  });
  app.get('/v1/enforcement', async (request) => {
    const asked = query.parse(request.query).tenant ?? tenant;
    const { paused, by, sinceMs, reason, pending } = responder.containments.pauseOf(asked);
    const timeOf = (ms: number) => (ms === 0 ? null : new Date(ms).toISOString());
    const waits = pending && { act: pending.act, by: pending.by, at: timeOf(pending.atMs) };
    const inHand = responder.containments.withheldByPause(asked, epochMs(now()));
    return {
      ...{ paused, by, since: timeOf(sinceMs), reason, pending: waits ?? null },
      withheld: inHand.decisions.map((one) => ({
        ...{ decision_id: one.decisionId, alert_id: one.alertId, agent_uid: one.agentUid },
        ...{ rule_id: one.ruleId, action: one.action, at: timeOf(one.atMs) },
        follows: one.follows ?? null,
      })),
      withheld_more: inHand.more,
      waiting_for_resume: responder.containments.waitingForResume(asked, epochMs(now())),
    };
  });
}
