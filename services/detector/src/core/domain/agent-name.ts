/** How alerts call an agent. What it calls itself stands alone only where it is the last part of its uid. */
import { AGENT_UID_LENGTH_MAX, type AuditEvent } from '@waywarden/schemas';
import { SHOWN_NAME_LENGTH_MAX, shortAgentName, shorten } from './short-text.ts';

const CALLED_LENGTH_MIN = 8;

/** `Invoice Bot` is `invoice-bot`. */
const plain = (text: string) => text.toLowerCase().replace(/[\s_.-]+/g, '');

function isGiven(name: string, uid: string): boolean {
  // Ours, of a workload.
  if (uid.length > AGENT_UID_LENGTH_MAX) return true;
  const last = shortAgentName(uid);
  const local = last.slice(last.lastIndexOf(':') + 1);
  return name === uid || [last, local].some((one) => plain(one) === plain(name));
}

export function agentName({ agent: { uid, name } }: Pick<AuditEvent, 'agent'>): string {
  const short = shorten(shortAgentName(uid), SHOWN_NAME_LENGTH_MAX);
  if (name === undefined) return short;
  if (isGiven(name, uid)) return shorten(name, SHOWN_NAME_LENGTH_MAX);
  const room = SHOWN_NAME_LENGTH_MAX - `${short} (calls itself “”)`.length;
  if (room < CALLED_LENGTH_MIN) return short;
  return `${short} (calls itself “${shorten(name.replace(/[“”"]/g, "'"), room)}”)`;
}
