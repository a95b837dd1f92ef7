/**
 * What the responder knows of its orders, for `status`, its metrics and the page: the same words for
 * all, so that none can say more than another.
 */
import type { KnownState } from '@waywarden/console';
import {
  type ContainmentState,
  confirmedBy,
  type KnownContainment,
  type Responder,
} from '@waywarden/responder';
import { PROOF_TENANT } from '../proof-of-life/proof-tenant.ts';
import { ContainmentClock } from './containment-clock.ts';
import { pauseWords } from './pause-words.ts';
import { spentWords } from './spent-words.ts';

/** Orders counted for `status`; of more, the newest. */
const COUNTED_MAX = 1_000;
/** An order about made-up agents is told by its own metrics, and is no containment. */
const REAL = { but: PROOF_TENANT };

/** In the page's words, which has had some of them before. */
const PAGE_STATE: Readonly<Record<ContainmentState, KnownState['state']>> = {
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

/** What those who were asked have told, for the page. */
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

/** What tells that access is still used, and is no call of the subject itself. */
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
      .filter(([, said]) => said.state === 'applied')
      .map(([receiver]) => receiver),
    receivers: Object.entries(issued.receivers).map(([receiver, said]) => ({
      receiver,
      // That an order arrived is no word of the receiver.
      state: said.state === 'delivered' ? 'waiting' : said.state,
      at: timeOf(said.appliedMs),
      usable_until: timeOf(said.usableUntilMs),
      detail: '',
    })),
  };
}

/** What the page is told of one order; null once it was forgotten, when store and log speak. */
export function knownState(responder: Responder, nowMs: () => number) {
  return (commandId: string): KnownState | null => {
    const found = responder.containments.of(commandId, nowMs());
    return found === undefined ? null : toKnown(found);
  };
}

export interface ContainmentCounts {
  readonly sentence: string;
  readonly by_state: Readonly<Record<string, number>>;
}

/** Of what needs somebody, the worst first. */
const WORRYING: readonly (readonly [ContainmentState, string])[] = [
  ['leaked', 'leaked: a later call went through, or would have'],
  ['failed', 'not carried out by who must'],
  ['partly_applied', 'carried out in part'],
  ['applied_re_mintable', 'applied, but a new token could be had'],
  ['applied_usable_until', 'applied, but some tokens stay usable for now'],
  ['unconfirmed', 'unconfirmed: nothing shows that it holds'],
  ['restoring', 'taken back, and still enforced by somebody as far as is known'],
];

export function containmentCounts(
  responder: Responder,
  nowMs: number,
  tenant: string,
): ContainmentCounts {
  const counts: Record<string, number> = {};
  const newest = responder.containments.newest(COUNTED_MAX, nowMs, REAL);
  for (const { state } of newest) counts[state] = (counts[state] ?? 0) + 1;
  const said = WORRYING.flatMap(([state, words]) =>
    counts[state] === undefined ? [] : [`${counts[state]} ${words}`],
  );
  const all = Object.values(counts).reduce((sum, one) => sum + one, 0);
  const rest = said.length === 0 ? '' : ` Look at: ${said.join('; ')}.`;
  const { containments } = responder;
  const pause = pauseWords(
    containments.pauseOf(tenant),
    containments.heldByPause(tenant, nowMs),
    containments.waitingForResume(tenant, nowMs),
  );
  const last = newest[0]?.lineage?.words;
  const whose = last === undefined ? '' : ` The newest: ${last}`;
  const further = newest.filter(({ issued }) => issued.cause?.from !== undefined).length;
  const reached = further === 0 ? '' : ` ${further} of them reached what others had handed on.`;
  const probed = newest.filter(({ proof }) => confirmedBy(proof) !== undefined).length;
  const asked = newest.filter(({ proof }) => (proof.probe?.tries ?? 0) > 0).length;
  const tried =
    asked === 0
      ? ''
      : ` ${asked} ${asked === 1 ? 'was' : 'were'} probed, ${probed} of them refused as they should be.`;
  const untied = newest.filter(
    ({ state, untied: seen }) => state === 'unconfirmed' && seen !== undefined,
  ).length;
  const goesOn =
    untied === 0
      ? ''
      : ` Of ${untied} the agent made calls since of which nobody can tell whether they were stopped.`;
  const unwatched = newest.filter(
    ({ state, proof }) => state === 'unconfirmed' && proof.unwatchedSinceMs !== undefined,
  ).length;
  const unseen =
    unwatched === 0
      ? ''
      : ` Against ${unwatched} no call is held any more: their agents have too many orders at once.`;
  const orders =
    all === 0
      ? 'No order is in force.'
      : `${all} orders are remembered.${reached}${tried}${rest}${goesOn}${unseen}${whose}`;
  const spent = spentWords(containments.spentBudgets(tenant, nowMs));
  return { sentence: `${pause}${spent}${orders}`, by_state: counts };
}

/** For `/metrics`. */
export function containmentMetrics(responder: Responder, nowMs: () => number): () => string {
  const clock = new ContainmentClock();
  return () => clock.exposition(responder.containments.newest(COUNTED_MAX, nowMs(), REAL));
}
