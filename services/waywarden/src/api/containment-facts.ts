import type { KnownState } from '@waywarden/console';
import {
  confirmedBy,
  type EnforcementState,
  type KnownContainment,
  type Responder,
} from '@waywarden/responder';

const PAGE_STATE: Readonly<Record<EnforcementState, KnownState['state']>> = {
  issued: 'issued',
  delivered: 'delivered',
  accepted: 'accepted',
  failed: 'failed',
  partly_applied: 'failed',
  carried_out: 'carried_out',
  applied_usable_until: 'usable_until',
  applied_re_mintable: 're_mintable',
  contained: 'contained',
  unconfirmed: 'unconfirmed',
  confirmed: 'confirmed',
  leaked: 'leaked',
  restoring: 'restoring',
  restored: 'restored',
  lapsed: 'expired',
};

const timeOf = (ms: number | null | undefined) => (ms == null ? null : new Date(ms).toISOString());

function probeFacts({
  proof,
}: KnownContainment): Pick<KnownState, 'probed' | 'probe_leak' | 'probe_asked'> {
  const confirmed = confirmedBy(proof);
  const at = (ms: number) => new Date(ms).toISOString();
  const open = Object.entries(proof.probe?.answers ?? {}).find(([, one]) => one.outcome === 'open');
  return {
    probed: confirmed ? { by: confirmed.by, at: at(confirmed.atMs), own: confirmed.isOwn } : null,
    probe_leak: open ? { by: open[0], at: at(open[1].atMs) } : null,
    probe_asked: proof.probe?.tries ?? 0,
  };
}

/** No call of the subject itself. */
function goingOn({
  proof,
  untied,
}: KnownContainment): Pick<KnownState, 'used_by_other' | 'untied' | 'unwatched_since'> {
  const at = (ms: number) => new Date(ms).toISOString();
  const { leak, leakByOther: other } = proof;
  return {
    used_by_other:
      other === undefined || leak !== undefined
        ? null
        : { by: other.agentUid, at: at(other.atMs), credential: other.credentialUid ?? '' },
    untied:
      untied === undefined
        ? null
        : {
            ...{ by: untied.agentUid, at: at(untied.atMs) },
            ...{ credential: untied.credentialUid ?? null, why: untied.why ?? 'no_task' },
          },
    unwatched_since: timeOf(proof.unwatchedSinceMs),
  };
}

function toKnown(known: KnownContainment): KnownState {
  const { state, usableUntilMs, doubtedUntilMs, reMintable, proof, issued, undo } = known;
  const { denied } = proof;
  return {
    state: PAGE_STATE[state],
    usable_until: timeOf(usableUntilMs),
    doubted_until: timeOf(doubtedUntilMs),
    re_mintable: reMintable,
    quiet_until: timeOf(proof.quiet?.untilMs),
    denied: denied
      ? {
          event_id: denied.eventId,
          at: new Date(denied.atMs).toISOString(),
          by_order: denied.byOrder,
        }
      : null,
    ...probeFacts(known),
    ...goingOn(known),
    given_back: Object.entries(undo?.receivers ?? {})
      .filter(([, answer]) => answer.state === 'applied')
      .map(([receiver]) => receiver),
    not_asked: known.requiredSince.filter((id) => issued.receivers[id]?.state !== 'applied'),
    receivers: Object.entries(issued.receivers).map(([receiver, answer]) => ({
      receiver,
      // Arrival is no word.
      state: answer.state === 'delivered' ? 'waiting' : answer.state,
      at: timeOf(answer.appliedMs),
      usable_until: timeOf(answer.usableUntilMs),
      detail: '',
    })),
  };
}

/** Null: forgotten; store and log speak. */
export function knownState(responder: Responder, nowMs: () => number) {
  return (commandId: string): KnownState | null => {
    const found = responder.containments.of(commandId, nowMs());
    return found === undefined ? null : toKnown(found);
  };
}
