/**
 * Whether other arguments ran than were approved. Two hashes tell that only where they were made alike, by one key and
 * over one form of the arguments: - where the source hashed what ran as well, both are its own; - where it sent the
 * arguments in clear, what ran was hashed here, by a key that the source need not have: its hashes are compared once
 * one of them agreed. A gateway with a key of its own never agrees, and nothing is concluded.
 * Limit: of a source that sends arguments in clear, the first approval for other arguments is not told.
 */
import { type AuditEvent, sourceNameOf } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { agentStateKey } from './agent-key.ts';

/** Sources of an agent whose hashes are known to agree with what ran. */
const SOURCES_MAX = 4;
const PLAIN = 'sha256:';

const schemeOf = (text: string) => text.slice(0, text.indexOf(':') + 1);

/** What is derived from clear arguments has items and values; who sends only a hash made it. */
function isHashedHere({ args }: AuditEvent): boolean {
  return args?.items !== undefined || args?.values !== undefined;
}

export function ranOtherArguments(transaction: Transaction, event: AuditEvent): boolean {
  const [approved, ran] = [event.approval?.args_hash, event.args?.hash];
  if (event.approval?.mode !== 'human' || approved === undefined || ran === undefined) return false;
  const key = agentStateKey(event, 'shown');
  const agreed = transaction.get<readonly string[]>(key) ?? [];
  const source = sourceNameOf(event);
  if (approved === ran) {
    if (!agreed.includes(source)) transaction.put(key, [...agreed, source].slice(-SOURCES_MAX));
    return false;
  }
  const isAlike = schemeOf(approved) !== '' && schemeOf(approved) === schemeOf(ran);
  if (!isHashedHere(event)) return isAlike;
  return agreed.includes(source) && (isAlike || approved.startsWith(PLAIN));
}
