/** Which refusal proves an order: its record names it, or no other ground. */
import { assuranceAtLeast, type ObservedCall } from '@waywarden/schemas';
import { AUTOMATIC_ASSURANCE_MIN } from '../guards/withheld-reasons.ts';
import { calledMs, latestMs } from '../model/called-at.ts';
import type { ContainmentProof, IssuedCommand } from '../model/issued-command.ts';
import { appliedByAll, isStale } from './containment-state.ts';

/** Without punctuation. */
const ACCESS_ERRORS: ReadonlySet<string> = new Set([
  ...['401', '403', 'accessdenied', 'accessdeniedexception', 'accessrevoked', 'accountdisabled'],
  ...['agentcontained', 'agentdisabled', 'agentrevoked', 'agentsuspended', 'authenticationfailed'],
  ...['authenticationrequired', 'authorizationfailed', 'authorizationrequired', 'blocked'],
  ...['clientdisabled', 'credentialrevoked', 'denied', 'disabled', 'expiredtoken', 'forbidden'],
  ...['insufficientpermissions', 'insufficientscope', 'invalidgrant', 'invalidtoken'],
  ...['loginrequired', 'notauthorized', 'permissiondenied', 'permissionerror', 'policydenied'],
  ...['quarantined', 'revoked', 'revokedtoken', 'sessionexpired', 'sessionrevoked', 'stepup'],
  ...['stepuprequired', 'suspended', 'tokenexpired', 'tokenrevoked', 'toolblocked', 'tooldisabled'],
  ...['unauthenticated', 'unauthorized', 'unauthorizedclient', 'unauthorizederror', 'userdisabled'],
]);

function isAccessError(error: string): boolean {
  const codes = error
    .toLowerCase()
    .split(/\s+/)
    .filter((one) => one !== '');
  return codes.every((one) => ACCESS_ERRORS.has(one.replaceAll(/[^a-z0-9]/g, '')));
}

/** Theirs, unless it names the order. */
const ASKED: ReadonlySet<string> = new Set(['human', 'policy']);

function canBeOf({ command }: IssuedCommand, { ground, error, approval }: ObservedCall): boolean {
  if (ground !== undefined) return ground === command.command_id;
  if (approval !== undefined && ASKED.has(approval)) return false;
  return error === undefined || isAccessError(error);
}

export function deniedProof(
  issued: IssuedCommand,
  call: ObservedCall,
): ContainmentProof | undefined {
  const atMs = calledMs(call);
  const applied = appliedByAll(issued);
  if (applied === undefined || applied.atMs > atMs) return undefined;
  if (!assuranceAtLeast(call.assurance, AUTOMATIC_ASSURANCE_MIN)) return undefined;
  if (!canBeOf(issued, call)) return undefined;
  const byOrder = call.ground === issued.command.command_id;
  const { denied } = issued.proof;
  // Unless only this one names the order, or its subject went on.
  const isGone = denied === undefined || isStale(denied, issued.proof);
  if (!isGone && (denied.byOrder || !byOrder)) return undefined;
  const { event_id: eventId, agent_uid: agentUid, source } = call;
  const reported = {
    agentUid,
    latestMs: latestMs(call),
    ...(source === undefined ? {} : { source }),
  };
  return { ...issued.proof, denied: { eventId, atMs, byOrder, ...reported } };
}
