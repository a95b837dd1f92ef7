/**
 * What people said of an alert: who, when, why, of which revision, and which word counts. The revision is read out of
 * the act as it was signed; a word that names none counts up to the latest that was raised when it came in.
 */
import {
  AGREE_WITHIN_MS,
  type Alert,
  awaitsOthers,
  type Decision,
  epochMs,
} from '@waywarden/schemas';
import type { ClaimedVerdict, Standing } from './verdict-model.ts';

type Reported = Pick<Alert, 'alert_id' | 'revision' | 'detected_at'>;

interface Signed {
  readonly alert_id?: string;
  readonly revision: number | null;
}

function signedIn(decision: Decision): Signed {
  try {
    const act: unknown = JSON.parse(decision.act?.signed?.text ?? '');
    if (typeof act !== 'object' || act === null) return { revision: null };
    const revision = 'revision' in act && typeof act.revision === 'number' ? act.revision : null;
    const about = 'alert_id' in act && typeof act.alert_id === 'string' ? act.alert_id : undefined;
    return { revision, ...(about === undefined ? {} : { alert_id: about }) };
  } catch {
    return { revision: null };
  }
}

const isHalf = (one: Decision) => awaitsOthers(one.withheld_reason);

function standingOf(one: Decision, later: readonly Decision[], asOfMs: number): Standing {
  if (later.some((other) => !isHalf(other))) return 'replaced';
  if (!isHalf(one)) return 'counts';
  return epochMs(one.decided_at) + AGREE_WITHIN_MS > asOfMs ? 'waiting' : 'lapsed';
}

/** Half of what two people said: the whole of it stands by itself, with both names. */
function isPartOfLater(one: Decision, later: readonly Decision[]): boolean {
  const who = one.act?.by ?? [];
  return (
    isHalf(one) &&
    later.some(
      (other) =>
        !isHalf(other) &&
        other.act?.verdict === one.act?.verdict &&
        who.every((name) => other.act?.by.includes(name)),
    )
  );
}

/** Whether more was told of the alert than was judged. */
function isReportedSince(revision: number | null, at: string, alert: Reported): boolean {
  if (revision !== null) return alert.revision > revision;
  return epochMs(alert.detected_at) > epochMs(at);
}

/** The newest first; `decisions` may hold others, and verdicts on other alerts. */
export function verdictsClaimed(
  decisions: readonly Decision[],
  alert: Reported,
  asOf: string,
): readonly ClaimedVerdict[] {
  const own = decisions
    .filter((one) => one.act?.act === 'verdict' && one.act.verdict !== undefined)
    // The first of two names every alert that holds the order; the act names the one that is meant.
    .filter((one) => (signedIn(one).alert_id ?? one.alert_ids[0]) === alert.alert_id)
    .toSorted((a, b) => b.seq - a.seq);
  return own.flatMap((one, at) => {
    const { act } = one;
    const later = own.slice(0, at);
    const { revision } = signedIn(one);
    if (act?.verdict === undefined || isPartOfLater(one, later)) return [];
    return {
      ...{ decision_id: one.decision_id, at: one.decided_at, by: act.by, verdict: act.verdict },
      ...{ reason: act.reason, revision },
      reported_since: isReportedSince(revision, one.decided_at, alert),
      standing: standingOf(one, later, epochMs(asOf)),
      gave_back: one.issued_command_ids?.length ?? 0,
      stays: one.withheld_reason === 'needed_by_other_alert',
    };
  });
}
