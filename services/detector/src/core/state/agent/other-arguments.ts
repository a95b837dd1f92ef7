/**
 * Whether other arguments ran than were approved. Hashes compare only if made alike: both by the source, or once
 * they agreed. Limit: with clear arguments the first mismatch is not told.
 */
import { type AuditEvent, sourceNameOf } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { agentStateKey } from './agent-key.ts';

const SOURCES_MAX = 4;
const PLAIN = 'sha256:';

const schemeOf = (text: string) => text.slice(0, text.indexOf(':') + 1);

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
