/** Changes of rules that people accepted for an alert, folded from their acts: what, by whom, and whether it was reverted. */
import type { TriageAct, Tuning } from '@waywarden/schemas';

/** Beyond, the oldest are forgotten by the page; the log keeps them. */
const TUNINGS_MAX = 500;

export interface TuningState {
  readonly tuning: Tuning;
  readonly alert_id: string;
  readonly by: string;
  readonly at: string;
  readonly reason: string;
  readonly revertedBy: string | null;
  readonly revertedAt: string | null;
}

/** In the order of the log; reverting what nobody accepted does nothing. */
export function tuningsAfter(
  before: ReadonlyMap<string, TuningState>,
  { change, alerts = [], by, at, reason }: TriageAct,
): ReadonlyMap<string, TuningState> {
  const tuning = change?.tuning;
  if (tuning === undefined) return before;
  const known = before.get(tuning.tuning_id);
  const next = new Map(before);
  if (tuning.state === 'accepted' && known === undefined) {
    const alert_id = alerts[0]?.alert_id ?? '';
    next.set(tuning.tuning_id, {
      ...{ tuning, alert_id, by, at, reason, revertedBy: null, revertedAt: null },
    });
    for (const oldest of next.keys()) {
      if (next.size <= TUNINGS_MAX) break;
      next.delete(oldest);
    }
  } else if (tuning.state === 'reverted' && known?.revertedAt === null) {
    next.set(tuning.tuning_id, { ...known, revertedBy: by, revertedAt: at });
  }
  return next;
}
