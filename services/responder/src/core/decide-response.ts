/**
 * The response: what the responder decides about each entry of its journal, and nothing else it
 * could know. The same journal gives the same decisions, commands, sequence numbers and hash chain,
 * byte for byte.
 *
 * Alerts of a tenant whose policy has not arrived wait for it, in order and up to a bound: at the
 * very first start the topics are read side by side, and deciding early would mean "no rule".
 */
import type { Alert, JournalEntry, Watermark } from '@waywarden/schemas';
import type { Decide, Draft, Output } from '@waywarden/stage';
import { applyRule } from './apply-rule.ts';
import { applyReceipt, forgetExpired } from './issued-command.ts';
import { matchesRule } from './match-rule.ts';
import { moveClock, type ResponseContext, type ResponseDependencies } from './response-context.ts';
import { dropBudget } from './rule-budget.ts';
import { applyControl, tenantPolicy, tenantRegistry } from './tenant-rules.ts';
import { withdrawAlert } from './withdraw-alert.ts';

/** Alerts of one tenant that wait for its first policy; later ones are left undecided. */
const WAITING_ALERTS_MAX = 1000;

const waitingKey = (tenantId: string) => `waiting|${tenantId}`;

function holdBack(draft: Draft, alert: Alert): void {
  const count = draft.get<number>(waitingKey(alert.tenant_id)) ?? 0;
  if (count >= WAITING_ALERTS_MAX) return;
  draft.put(`${waitingKey(alert.tenant_id)}|${count}`, alert);
  draft.put(waitingKey(alert.tenant_id), count + 1);
}

function contextOf(
  draft: Draft,
  dependencies: ResponseDependencies,
  tenantId: string,
  nowMs: number,
): ResponseContext | undefined {
  const policy = tenantPolicy(draft, tenantId);
  if (!policy) return undefined;
  return {
    draft,
    sha256: dependencies.sha256,
    neverRevoke: dependencies.neverRevoke ?? [],
    policy,
    registry: tenantRegistry(draft, tenantId),
    nowMs,
  };
}

function decideAlert(
  draft: Draft,
  dependencies: ResponseDependencies,
  alert: Alert,
): readonly Output[] {
  const nowMs = moveClock(draft, alert.detected_at);
  forgetExpired(draft, nowMs);
  const context = contextOf(draft, dependencies, alert.tenant_id, nowMs);
  if (!context) {
    holdBack(draft, alert);
    return [];
  }
  if (alert.state === 'withdrawn') return withdrawAlert(context, alert);
  return context.policy.rules
    .filter((rule) => matchesRule(rule, alert, context.registry))
    .flatMap((rule) => applyRule(context, alert, rule));
}

/** Decides what waited, once there is a policy. */
function releaseWaiting(
  draft: Draft,
  dependencies: ResponseDependencies,
  tenantId: string,
): readonly Output[] {
  const key = waitingKey(tenantId);
  const count = draft.get<number>(key);
  if (count === undefined || !tenantPolicy(draft, tenantId)) return [];
  draft.delete(key);
  const outputs: Output[] = [];
  for (let at = 0; at < count; at++) {
    const alert = draft.get<Alert>(`${key}|${at}`);
    draft.delete(`${key}|${at}`);
    if (alert) outputs.push(...decideAlert(draft, dependencies, alert));
  }
  return outputs;
}

function passTime(draft: Draft, watermark: Watermark): readonly Output[] {
  forgetExpired(draft, moveClock(draft, watermark.time));
  return [];
}

export function createDecideResponse(dependencies: ResponseDependencies): Decide {
  return (draft, record) => {
    const entry = record.value as JournalEntry;
    switch (entry.kind) {
      case 'alert':
        return decideAlert(draft, dependencies, entry.alert);
      case 'receipt':
        applyReceipt(draft, entry.receipt);
        return [];
      case 'control': {
        const { tenant_id: tenantId } = entry.control;
        for (const id of applyControl(draft, entry.control)) dropBudget(draft, tenantId, id);
        return releaseWaiting(draft, dependencies, tenantId);
      }
      case 'watermark':
        return passTime(draft, entry.watermark);
    }
  };
}
