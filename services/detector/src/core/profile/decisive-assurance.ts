/**
 * How far one event is believed where an action against its task would rest on it: the weakest of
 * who acted and in which task (or, without a task, in which conversation).
 */
import { type Assurance, type AuditEvent, assuranceAtLeast } from '@waywarden/schemas';

export function weakest(a: Assurance, b: Assurance): Assurance {
  return assuranceAtLeast(a, b) ? b : a;
}

export function decisiveAssurance(event: AuditEvent): Assurance {
  const task = event.task?.id === undefined ? event.claims.conversation : event.claims.task;
  return weakest(event.agent.assurance, task);
}
