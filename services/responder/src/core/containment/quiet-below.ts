/** Whether an agent's silence speaks for its delegates: each needs a confirmed order. */
import type { Target } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { type Derived, derivedHolders } from '../guards/derived-holders.ts';
import { commandsAbout, type IssuedCommand } from '../model/issued-command.ts';
import { appliedByAll, isConfirmed } from './containment-state.ts';

/** Beyond, silence speaks for none. */
const BELOW_MAX = 64;

const TAKING: ReadonlySet<string> = new Set([
  'revoke_token',
  'kill_session',
  'revoke_credential',
  'revoke_delegation',
  'disable_agent',
]);
const HANDS_ON: ReadonlySet<string> = new Set(['agent', 'task', 'credential', 'delegation']);

function wholeOf({ target }: IssuedCommand['command']): Target {
  if (HANDS_ON.has(target.level)) return target;
  return { level: 'agent', tenant_id: target.tenant_id, agent_uid: target.agent_uid };
}

function takes({ subject, command }: IssuedCommand, { holder, credentialUid }: Derived): boolean {
  const {
    taskId,
    tool,
    instanceUid,
    conversationId,
    parentAgentUid,
    credentialUid: only,
  } = subject;
  if (command.scope !== undefined || !TAKING.has(command.action)) return false;
  const isNarrower = [tool, instanceUid, conversationId, parentAgentUid].some(
    (part) => part !== undefined,
  );
  if (isNarrower || (only !== undefined && only !== credentialUid)) return false;
  return taskId === undefined || taskId === holder.taskId;
}

function isStopped(transaction: Transaction, one: Derived, atMs: number): boolean {
  const { tenantId, agentUid } = one.holder;
  return commandsAbout(transaction, tenantId, agentUid).some(
    (issued) =>
      !issued.restored &&
      issued.expiresMs > atMs &&
      takes(issued, one) &&
      appliedByAll(issued) !== undefined &&
      issued.proof.leak === undefined &&
      isConfirmed(issued.proof, atMs),
  );
}

export function areStoppedBelow(
  transaction: Transaction,
  issued: IssuedCommand,
  atMs: number,
): boolean {
  let count = 0;
  for (const one of derivedHolders(transaction, wholeOf(issued.command), () => true)) {
    if (one.holder.agentUid === issued.subject.agentUid) continue;
    count++;
    if (count > BELOW_MAX || !isStopped(transaction, one, atMs)) return false;
  }
  return true;
}
