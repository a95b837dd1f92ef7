/** `GET /v1/containments`: what became of the newest orders. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { confirmedBy } from '../core/containment/containment-state.ts';
import { type Leak, reachedBy } from '../core/model/command-record.ts';
import type { KnownContainment } from '../runtime/containments.ts';
import type { Responder } from '../runtime/start-responder.ts';

const LIMIT_MAX = 200;
const query = z.strictObject({
  limit: z.coerce.number().int().min(1).max(LIMIT_MAX).default(50),
  agent: z.string().min(1).max(2_048).optional(),
  tenant: z.string().min(1).max(256).optional(),
});

const timeOf = (ms: number | null | undefined) => (ms == null ? null : new Date(ms).toISOString());

function receiversOf({ receivers }: KnownContainment['issued']) {
  return Object.entries(receivers).map(([receiver, answer]) => ({
    receiver,
    state: answer.state,
    applied_at: timeOf(answer.appliedMs),
    usable_until: timeOf(answer.usableUntilMs),
    doubted_until: timeOf(answer.doubtedUntilMs),
  }));
}

function probeOf({ proof }: KnownContainment) {
  const { probe } = proof;
  if (probe === undefined) return null;
  const next = probe.tries === 0 ? probe.nextMs : null;
  return {
    tries: probe.tries,
    asked_at: timeOf(probe.askedMs),
    asked_from: timeOf(next),
    confirmed_by: confirmedBy(proof)?.by ?? null,
    answers: Object.entries(probe.answers).map(([receiver, found]) => ({
      receiver,
      outcome: found.outcome,
      method: found.method,
      at: timeOf(found.atMs),
      command_id: found.commandId,
      own: found.isOwn,
    })),
  };
}

function leakOf(leak: Leak | undefined) {
  if (leak === undefined) return null;
  return {
    event_id: leak.eventId,
    at: timeOf(leak.atMs),
    agent_uid: leak.agentUid,
    receivers: leak.receivers,
    foretold_until: timeOf(leak.foretoldUntilMs),
  };
}

function toAnswer(one: KnownContainment) {
  const { command, issued, proof } = one;
  return {
    command_id: command.command_id,
    tenant_id: command.tenant_id,
    agent_uid: command.target.agent_uid,
    alert_ids: command.alert_ids,
    action: command.action,
    target: command.target,
    state: one.state,
    usable_until: timeOf(one.usableUntilMs),
    doubted_until: timeOf(one.doubtedUntilMs),
    re_mintable: one.reMintable,
    issued_at: command.issued_at,
    expires_at: command.expires_at,
    applied_at: timeOf(one.appliedMs),
    required: [...issued.required, ...one.requiredSince],
    receivers: receiversOf(issued),
    denied: proof.denied
      ? {
          event_id: proof.denied.eventId,
          at: timeOf(proof.denied.atMs),
          by_order: proof.denied.byOrder,
        }
      : null,
    clock: {
      order_to_applied_ms: one.appliedMs === null ? null : one.appliedMs - issued.issuedMs,
      applied_to_denial_ms:
        one.appliedMs === null || proof.denied === undefined
          ? null
          : proof.denied.atMs - one.appliedMs,
    },
    restored_by:
      one.undo === undefined
        ? null
        : {
            command_id: one.undo.command.command_id,
            at: one.undo.command.issued_at,
            approvals: one.undo.command.approvals,
            reason: one.undo.command.reason,
            receivers: receiversOf(one.undo),
          },
    lineage: one.lineage ?? null,
    reached: reachedBy(issued),
    reached_from: issued.cause?.from ?? null,
    quiet_until: timeOf(proof.quiet?.untilMs),
    deaf_since: timeOf(proof.deafSinceMs),
    unwatched_since: timeOf(proof.unwatchedSinceMs),
    probe: probeOf(one),
    leak: leakOf(proof.leak),
    leak_by_other: leakOf(proof.leakByOther),
    untied: one.untied
      ? {
          event_id: one.untied.eventId,
          at: timeOf(one.untied.atMs),
          agent_uid: one.untied.agentUid,
          credential_uid: one.untied.credentialUid ?? null,
          why: one.untied.why ?? 'no_task',
        }
      : null,
  };
}

export function containmentRoutes(
  app: FastifyInstance,
  {
    responder,
    nowMs,
    tenant: tenantId,
  }: {
    readonly responder: Responder;
    readonly nowMs: () => number;
    readonly tenant?: string;
  },
): void {
  app.get('/v1/containments', async (request) => {
    const { limit, agent, tenant = tenantId } = query.parse(request.query);
    const of = { agentUid: agent, tenantId: tenant };
    const newest = responder.containments.newest(limit, nowMs(), of);
    return { containments: newest.map(toAnswer) };
  });
}
