/** Changes of rules because of an alert, folded from people's acts: proposed by one, accepted by another, reverted. */
import { epochMs, type TriageAct, type Tuning } from '@waywarden/schemas';

/** Beyond, the oldest are forgotten by the page; the log keeps them. */
const TUNINGS_MAX = 500;

export interface TuningState {
  readonly tuning: Tuning;
  readonly alert_id: string;
  readonly by: string;
  readonly at: string;
  readonly atMs: number;
  readonly reason: string;
  readonly proposedBy: string | null;
  readonly revertedBy: string | null;
  readonly revertedAt: string | null;
}

/** In the order of the log. */
export function tuningsAfter(
  before: ReadonlyMap<string, TuningState>,
  { change, alerts = [], by, at, reason }: TriageAct,
): ReadonlyMap<string, TuningState> {
  const tuning = change?.tuning;
  if (tuning === undefined) return before;
  const known = before.get(tuning.tuning_id);
  const next = new Map(before);
  if (tuning.state === 'reverted') {
    if (known?.revertedAt === null)
      next.set(tuning.tuning_id, { ...known, revertedBy: by, revertedAt: at });
  } else if (
    known === undefined ||
    (known.revertedAt === null && known.tuning.state === 'proposed')
  ) {
    const alert_id = alerts[0]?.alert_id ?? '';
    const proposedBy = known?.by ?? (tuning.state === 'proposed' ? by : null);
    next.set(tuning.tuning_id, {
      ...{
        tuning,
        alert_id,
        by,
        at,
        atMs: epochMs(at),
        reason,
        proposedBy,
        revertedBy: null,
        revertedAt: null,
      },
    });
    for (const oldest of next.keys()) {
      if (next.size <= TUNINGS_MAX) break;
      next.delete(oldest);
    }
  }
  return next;
}
