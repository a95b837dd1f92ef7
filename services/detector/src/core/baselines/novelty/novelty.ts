/**
 * Has the agent done this before? What is asked (its first write, tool, target) stands in `kinds.ts`. Predictive
 * probability by Witten–Bell (1991, method C), then peers, then a shipped prior; with more values than are stored only
 * what is very unlikely alarms.
 */
import {
  type AuditEvent,
  assuranceAtLeast,
  type RegistryAgent,
  shortPrint,
} from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import type { Score } from '../../alerting/alarm.ts';
import { isTruePositive } from '../../alerting/verdicts.ts';
import { callEnding, showsHabit } from '../../domain/call-ending.ts';
import { dayOf } from '../../domain/day.ts';
import { knownOf, storeKnown } from '../../state/agent/agent-key.ts';
import type { Feature, Flag, SharedBaseline } from '../feature.ts';
import { peersOf } from '../peers/peer-snapshots.ts';
import { askPeers, knowsEnough } from '../peers/peer-values.ts';
import { noveltyAlarm, noveltyReason } from './build-novelty-alarm.ts';
import { type Exemption, isGraveCall, LASTING } from './exemptions.ts';
import type { NoveltyKind } from './kinds.ts';
import {
  hasAged,
  isSettling,
  KNOWN_VALUES_MAX,
  type KnownValues,
  metOnceMore,
  nothingKnown,
  timesMet,
  waitedOnceMore,
  waitingOf,
} from './known-values.ts';
import {
  chanceOf,
  EFFECT_PRIOR,
  NEW_CHANCE_MAX,
  type Novel,
  type Surprise,
  sameOf,
} from './novel-value.ts';

/** Below it, a cold start abstains. */
export const WARM_CALLS_MIN = 50;
const RARE_CHANCE_MAX = 0.005;
const NEWCOMER_DAYS = 7;
const PEERS_HAVE_MIN = 2;

const triedPrint = (value: string) => shortPrint(`tried|${value}`);

class Novelty implements Feature {
  readonly name: string;
  readonly #kind: NoveltyKind;
  readonly #key: string;
  /** Set by `score` for the `learn` that follows. */
  #looked: (Novel & { readonly transaction: Transaction }) | undefined;

  constructor(kind: NoveltyKind) {
    this.name = kind.name;
    this.#kind = kind;
    this.#key = `values|${kind.name}`;
  }

  #look(transaction: Transaction, event: AuditEvent) {
    const value = this.#kind.valueOf(event);
    if (value === undefined) return undefined;
    const known = knownOf<KnownValues>(transaction, event, this.#key) ?? nothingKnown(dayOf(event));
    const print = shortPrint(value);
    return {
      transaction,
      event,
      kind: this.#kind,
      value,
      print,
      known,
      times: timesMet(known, print),
    };
  }

  score(transaction: Transaction, event: AuditEvent, registered?: RegistryAgent): Score | null {
    const novel = this.#look(transaction, event);
    this.#looked = novel;
    if (novel === undefined) return null;
    const { known, times } = novel;
    const isNew = times === 0 && this.#isToReport(novel);
    const surprise = isNew ? this.#unlessExempt(transaction, novel, registered) : undefined;
    const { n, distinct } = known;
    const newMass = n === 0 ? 1 : distinct / (n + distinct);
    const p = times > 0 ? times / (n + distinct) : newMass * EFFECT_PRIOR[event.effect];
    return {
      feature: this.name,
      points: Math.max(0, -Math.log2(Math.max(p, 1e-12))),
      weight: 0.02,
      reasons: () => [noveltyReason(novel, surprise)],
      ...(surprise === undefined ? {} : noveltyAlarm(novel, surprise)),
    };
  }

  #isToReport({ value, event, known, print }: Novel): boolean {
    const ending = callEnding(event);
    if (ending === 'void' || !this.#kind.deserves(value, event)) return false;
    // Met lately, and nothing was odd: it waits to become known.
    if (isSettling(waitingOf(known, print), dayOf(event))) return false;
    return ending !== 'failed' || !hasAged(waitingOf(known, triedPrint(value)), this.#kind.ages);
  }

  /** By the agent's own history, or, where that is short, by its peers'. */
  #surprise(transaction: Transaction, novel: Novel, registered: RegistryAgent | undefined) {
    const { event, known, print } = novel;
    const { n, distinct, since } = known;
    const { isShared, daysMin } = this.#kind;
    const isColdStart = n < WARM_CALLS_MIN || dayOf(event) - since < daysMin(event);
    const isSeldomNew = distinct <= KNOWN_VALUES_MAX && distinct / (n + distinct) <= NEW_CHANCE_MAX;
    const isUnlikely = isShared && chanceOf(novel) <= RARE_CHANCE_MAX;
    if (!isColdStart && !isSeldomNew && !isUnlikely) return undefined;
    const peers = peersOf(transaction, event, {
      registered,
      knows: (snapshot) => knowsEnough(snapshot, this.name, isColdStart),
    });
    const peerValue = peers && askPeers(peers, this.name, print);
    if (isColdStart) {
      // A tenant's agents do all kinds of work.
      if (peers?.level === 'tenant') return undefined;
      const isLasting = peerValue?.isLacking === true && LASTING.has(event.effect);
      if (!isShared || (peerValue?.isUnheardOf !== true && !isLasting)) return undefined;
      return { isColdStart, isMild: peerValue?.isUnheardOf !== true, peers, peerValue };
    }
    const isCommon = isShared && peerValue?.isCommon === true && peers?.level !== 'tenant';
    if (isCommon && !LASTING.has(event.effect)) return undefined;
    return { isColdStart, isMild: isCommon, peers, peerValue };
  }

  #unlessExempt(
    transaction: Transaction,
    novel: Novel,
    registered: RegistryAgent | undefined,
  ): Surprise | undefined {
    const surprise = this.#surprise(transaction, novel, registered);
    if (surprise === undefined) return undefined;
    const { event, known } = novel;
    const exemption: Exemption = this.#kind.exemption({ transaction, event, registered });
    if (exemption === 'quiet') return undefined;
    // Declared for it, and usual among its peers.
    if (exemption === 'mild' && (surprise.peerValue?.have ?? 0) >= PEERS_HAVE_MIN) return undefined;
    const isNewcomer = dayOf(event) - known.since < NEWCOMER_DAYS && !isGraveCall(event);
    return exemption === 'mild' || isNewcomer ? { ...surprise, isMild: true } : surprise;
  }

  learn(transaction: Transaction, event: AuditEvent, flag: Flag): void {
    const looked = this.#looked;
    this.#looked = undefined;
    const novel =
      looked?.event === event && looked.transaction === transaction
        ? looked
        : this.#look(transaction, event);
    if (novel === undefined || !this.#mayTeach(transaction, event)) return;
    const next = this.#learnt(transaction, novel, flag);
    if (next !== novel.known) storeKnown(transaction, event, this.#key, next);
  }

  /** Anybody could make something usual. */
  #mayTeach(transaction: Transaction, event: AuditEvent): boolean {
    const isProven = assuranceAtLeast(event.agent.assurance, 'authenticated');
    const wasProven = knownOf<true>(transaction, event, 'proven') === true;
    if (isProven && !wasProven) storeKnown(transaction, event, 'proven', true);
    return isProven || !wasProven;
  }

  #learnt(
    transaction: Transaction,
    { event, value, print, known, times }: Novel,
    flag: Flag,
  ): KnownValues {
    const day = dayOf(event);
    if (!showsHabit(event)) {
      const isTried = times === 0 && callEnding(event) === 'failed';
      return isTried ? waitedOnceMore(known, triedPrint(value), day, 'flagged') : known;
    }
    if (times > 0) return flag === 'flagged' ? known : metOnceMore(known, print);
    if (flag === 'clear') return metOnceMore(known, print);
    const waited = waitedOnceMore(known, print, day, flag);
    const isUsual =
      hasAged(waitingOf(waited, print), this.#kind.ages) &&
      !isTruePositive(transaction, event, sameOf(this.#kind, value, false));
    return isUsual ? metOnceMore(waited, print) : waited;
  }

  share(transaction: Transaction, event: AuditEvent): SharedBaseline {
    const known = knownOf<KnownValues>(transaction, event, this.#key);
    if (known === undefined) return {};
    return { counts: known.prints.map((print, at) => [print, known.counts[at] ?? 0] as const) };
  }
}

export const novelty = (kind: NoveltyKind): Feature => new Novelty(kind);
