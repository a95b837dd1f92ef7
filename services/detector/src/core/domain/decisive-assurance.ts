/**
 * How far one event is believed: the weakest of who acted and what names its task (an order names it), else its
 * trace.
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

/** Undefined: nothing names it. */
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
