/** Words for an agent that only called its model: no act, but work with a credential in a task. */
import type { AuditEvent } from '@waywarden/schemas';

export function isModelCall({ activity, phase }: AuditEvent): boolean {
  return phase === 'completed' && activity === 'model_call';
}

export const modelDeed = (event: AuditEvent) =>
  isModelCall(event) ? ({ did: 'called its model', does: 'calls its model' } as const) : undefined;
