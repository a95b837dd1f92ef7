import { KNOWN_PROBE_METHODS } from '../commands/receipt.ts';
import type { Meanings } from './meaning.ts';

export const RECEIPT: Meanings = {
  command_id: 'The command that is answered.',
  tenant_id: 'As in the command.',
  agent_uid: 'As in the command’s target.',
  receiver: 'Your id, as in the registry’s `receivers`.',
  state:
    '`accepted` (will do it), `applied` (done), `partial` (done in part; say what in `detail`), `unsupported` (can’t do this action or target), `failed`, `expired` (came too late).',
  applied_at: 'When it took effect.',
  usable_until: 'Until when tokens that are checked offline may still work.',
  detail: 'For people.',
  set_jti: 'Id of the Security Event Token that carried it.',
  received_at: 'When the command arrived.',
  error: 'A code, when it failed.',
  probe: 'Since 1.5, to a `probe`: what was found.',
  'probe.outcome':
    '`refused` (access is gone), `open` (it would have gone through), `unable` (could not be tried).',
  'probe.method': {
    text: 'How: a call without effect through the own door, the token service asked about the token, or only the own list, which confirms nothing.',
    known: KNOWN_PROBE_METHODS,
  },
  'probe.at': 'When.',
};
