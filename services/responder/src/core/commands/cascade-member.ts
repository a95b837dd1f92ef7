/** One whom an order reaches, and every reason to leave it alone. */
import { assuranceAtLeast, blackoutAt, type Rule } from '@waywarden/schemas';
import { type Others, unknownUses, worst } from '../guards/bystanders.ts';
import type { Derived } from '../guards/derived-holders.ts';
import { subjectHolders } from '../guards/derived-holders.ts';
import { pauseState } from '../guards/enforcement-pause.ts';
import { neverRevokedOf } from '../guards/protected-users.ts';
import { AUTOMATIC_ASSURANCE_MIN, isNeverRevoked } from '../guards/withheld-reasons.ts';
import type { PlannedAction } from '../model/action-target.ts';
import { credentialAnchor, credentialAssurance, type Holder, isProven } from '../model/holder.ts';
import { type Cause, type IssuedCommand, isIssuedFull } from '../model/issued-command.ts';
import { holdersAt } from '../model/lineage.ts';
import type { ResponseContext } from '../model/response-context.ts';
import { receiversFor } from '../model/tenant-policy.ts';

export interface Reach {
  readonly context: ResponseContext;
  readonly issued: IssuedCommand;
  readonly cause: Cause;
  readonly rule: Rule;
  readonly derived: ReadonlySet<string>;
}

export interface CascadeMember extends Derived {
  readonly short: string;
  readonly planned: PlannedAction;
  readonly isBelowLeft: boolean;
}

/** Undefined: nobody would lose anything. */
export function bystandersOf(
  { context, issued, derived }: Reach,
  member: CascadeMember,
): Others | undefined {
  const { holder, credentialUid } = member;
  const { transaction, nowMs } = context;
  const own = new Set(subjectHolders(transaction, issued.command.target).map((one) => one.key));
  const isOther = ({ key, agentUid }: Holder) =>
    key !== holder.key &&
    (!(own.has(key) || derived.has(key)) || isNeverRevoked(context, agentUid));
  if (credentialUid !== undefined) {
    const { tenantId, agentUid } = holder;
    const isSure = (one: Holder) =>
      one.credentials.some(
        (credential) =>
          credential.uid === credentialUid && isProven(credentialAssurance(one, credential)),
      );
    const users = holdersAt(transaction, credentialAnchor(tenantId, credentialUid)).filter(isOther);
    const unknown = unknownUses(transaction, tenantId, credentialUid, nowMs).filter(
      (one) => one.agentUid !== agentUid && one.agentUid !== issued.command.target.agent_uid,
    );
    return worst([...users.map(isSure), ...unknown.map((one) => one.isProven)]);
  }
  const elsewhere = holder.edges.filter(
    (edge) =>
      edge.direct && edge.via === 'delegation' && holdersAt(transaction, edge.anchor).some(isOther),
  );
  return worst(elsewhere.map((edge) => isProven(edge.assurance)));
}

function isEnough({ rule }: Reach, { assurance }: CascadeMember): boolean {
  return (
    assuranceAtLeast(assurance, AUTOMATIC_ASSURANCE_MIN) &&
    assuranceAtLeast(assurance, rule.assurance_min)
  );
}

/** Empty: only budget and repetition can. */
export function reasonsToLeave(reach: Reach, member: CascadeMember): readonly string[] {
  const { context } = reach;
  const { registry, policy, nowMs, transaction } = context;
  const { tenantId, agentUid } = member.holder;
  const blackouts = registry?.blackouts?.[agentUid] ?? [];
  const asked: readonly (readonly [string, boolean])[] = [
    ['above_not_taken', member.isBelowLeft],
    ['claim_only_asserted', !isEnough(reach, member)],
    ['never_revoke', neverRevokedOf(context, member.planned).length > 0],
    ['target_incomplete', member.planned.problems.length > 0],
    ['bystanders_affected', bystandersOf(reach, member) !== undefined],
    ['no_receiver', receiversFor(policy, registry, agentUid).all.length === 0],
    ['blackout', blackoutAt(blackouts, nowMs) !== undefined],
    ['enforcement_paused', pauseState(transaction, tenantId).paused],
    ['issued_commands_limit', isIssuedFull(transaction)],
  ];
  return asked.filter(([, speaks]) => speaks).map(([reason]) => reason);
}
