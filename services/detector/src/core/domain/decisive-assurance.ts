/**
 * How far one event is believed where an action would rest on it: the weakest of who acted and what names the work in
 * which it did. A task that is named is the one that an order names, so its claim counts even beside a better proven
 * trace; without one it is the key that gives the chain.
 */
import {
  type Assurance,
  type AuditEvent,
  assuranceAtLeast,
  hasRootKey,
  rootKeysOf,
  strongestKey,
} from '@waywarden/schemas';

export function weakerAssurance(a: Assurance, b: Assurance): Assurance {
  return assuranceAtLeast(a, b) ? b : a;
}

/** How far what names the work is proven; undefined: nothing does. */
export function workAssurance(event: AuditEvent): Assurance | undefined {
  const { task, claims } = event;
  if (task?.id !== undefined) return claims.task;
  if (!hasRootKey(event)) return undefined;
  const key = strongestKey(rootKeysOf(event, claims));
  return key === undefined ? undefined : claims[key.kind];
}

export function decisiveAssurance(event: AuditEvent): Assurance {
  const work = workAssurance(event);
  const { assurance } = event.agent;
  return work === undefined ? assurance : weakerAssurance(assurance, work);
}
