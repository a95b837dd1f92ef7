/**
 * How alerts call an agent. What it says of itself is its own choice: one that calls itself “payroll-bot (approved
 * by alice)” would be taken for another, and for approved. So its name stands alone only where it is the last part
 * of its uid, which somebody gave it; else that comes first, and what it calls itself is said to be that.
 */
import { AGENT_UID_LENGTH_MAX, type AuditEvent } from '@waywarden/schemas';
import { shortAgentName, shorten } from './short-text.ts';

const NAME_LENGTH_MAX = 40;
/** A shorter piece of what it calls itself tells nothing. */
const CALLED_LENGTH_MIN = 8;

/** `Invoice Bot` is `invoice-bot`. */
const plain = (text: string) => text.toLowerCase().replace(/[\s_.-]+/g, '');

function isGiven(name: string, uid: string): boolean {
  // No agent has such a uid: it is a workload's, which we named.
  if (uid.length > AGENT_UID_LENGTH_MAX) return true;
  const last = shortAgentName(uid);
  const local = last.slice(last.lastIndexOf(':') + 1);
  return name === uid || [last, local].some((one) => plain(one) === plain(name));
}

export function agentName({ agent: { uid, name } }: Pick<AuditEvent, 'agent'>): string {
  const short = shorten(shortAgentName(uid), NAME_LENGTH_MAX);
  if (name === undefined) return short;
  if (isGiven(name, uid)) return shorten(name, NAME_LENGTH_MAX);
  const room = NAME_LENGTH_MAX - `${short} (calls itself “”)`.length;
  if (room < CALLED_LENGTH_MIN) return short;
  return `${short} (calls itself “${shorten(name.replace(/[“”"]/g, "'"), room)}”)`;
}
