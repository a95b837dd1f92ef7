/** Which commands a pause holds back: those that take access unseen by people. */
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
