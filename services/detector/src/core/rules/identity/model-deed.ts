/**
 * What an agent did that only called its model: it is no act and reads nothing of anybody's, but it is work, with a
 * credential, of an agent and in a task. Whose credential is dead, who is retired and whose task is over is told of it
 * in these words, in the alert in which its acts are told. The model's answers are paid for and may hold all that the
 * agent knows: who lost everything else would else think on unseen.
 */
import type { AuditEvent } from '@waywarden/schemas';

export function isModelCall({ activity, phase }: AuditEvent): boolean {
  return phase === 'completed' && activity === 'model_call';
}

/** What it did, and how it is said to go on; undefined of an act. */
export const modelDeed = (event: AuditEvent) =>
  isModelCall(event) ? ({ did: 'called its model', does: 'calls its model' } as const) : undefined;
