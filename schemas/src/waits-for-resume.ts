/**
 * Which orders a pause of enforcement holds back at the last moment, when they are to be handed out or
 * carried out: what nobody looked at and takes access. Ten thousand orders at two hundred a second would
 * else go on for most of a minute after two people have stopped them. A contract: the responder holds by
 * it what it hands out, and a receiver what it reads from the log.
 *
 * What a person ordered or approved goes out, and so does what lessens: a restore, the step-up at an
 * order's end, a signal, and a probe, which takes nothing. Rejected: taking back what was not answered yet
 * (an order that its receiver has just applied would be undone by the pause, which decides nothing).
 */
import type { RevocationCommand } from './revocation-command.ts';

const TAKES_ACCESS: ReadonlySet<string> = new Set([
  'block_tool',
  'reduce_scope',
  'quarantine_origin',
  'revoke_token',
  'kill_session',
  'block_issuance',
  'revoke_credential',
  'rotate_secret',
  'revoke_grant',
  'revoke_delegation',
  'disable_agent',
]);

export function waitsForResume({
  action,
  initiating_entity: by,
}: Pick<RevocationCommand, 'action' | 'initiating_entity'>): boolean {
  return by !== 'admin' && TAKES_ACCESS.has(action);
}
