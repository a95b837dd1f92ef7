/**
 * Too much of something within a window of time, for this agent: calls, records, tokens, denials.
 *
 * Three models, by what is known. From seven days on, the largest window of a day decides (block maxima,
 * `../volume/block-maxima.ts`): what alarms comes by chance on one day in 1,000 at most, if days are
 * exchangeable. Before, the days of its peers (`../peers/peer-volume.ts`). Where these are not known, from thirty
 * windows on, a count far out in the tail of a negative binomial that is four times larger than any before
 * (`../volume/count-tail.ts`): coarse, and told as such. Before that it abstains. Any threshold
 * is clamped from below by a static floor, so that a quiet agent is no alarm when it does three things at once.
 *
 * A climb whose days teach what they allow is bounded by the first ten (`../volume/first-days.ts`).
 *
 * Limits: an agent with days enough is held against itself alone; of a tool apart peers
 * tell only how many calls they make of all; a burst inside what the agent's busiest minute may hold is not seen; sources without times (synthetic, coarse) are not judged;
 * records that come later than one window are counted among themselves, and not with what was told in time.
 */
import { type AuditEvent, epochMs, type RegistryAgent, shortPrint } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { keepKnown, knownOf } from '../kept/known-of-agent.ts';
import { PEER_LEVELS, peersOf } from '../peers/peer-snapshots.ts';
import { judgeByPeers } from '../peers/peer-volume.ts';
import { declaredSince } from '../profile/declarations.ts';
import { isFoundRight } from '../profile/found.ts';
import {
  alarmThreshold,
  anchoredProbability,
  atDay,
  DAYS_PER_CHANCE,
  type DayMaxima,
  foundHarmless,
  keepApart,
  learnMaximum,
  newMaxima,
  rebased,
} from '../volume/block-maxima.ts';
import { BLOCKS_MIN, dayScore, type Usual, usualOf } from '../volume/day-score.ts';
import { keepPart, keptOf, partsWith } from '../volume/kept-parts.ts';
import { afterChange, type LargestCall, NO_CALLS, withCall } from '../volume/largest-call.ts';
import { partAt } from '../volume/sliding-window.ts';
import { type DayOdds, type Facet, type FacetScore, type ToldFacet, WordedScore } from './facet.ts';
import {
  type JudgedVolume,
  judge,
  judgeSingle,
  type KnownVolume,
  type VolumeOptions,
} from './volume-judgement.ts';
import {
  countedWith,
  heldWith,
  readVolume,
  type StoredParts,
  type StoredVolume,
  storedDays,
  toStoredVolume,
  type VolumeState,
} from './volume-state.ts';
import { baselineFor, ruleOf, volumeAlarm, volumeReason, volumeSame } from './volume-words.ts';

const DAY_MS = 86_400_000;
const BITS_MAX = 40;
const NO_PARTS: StoredParts = [];

type Whose = Parameters<NonNullable<Facet['release']>>[1];

const dayOf = (event: AuditEvent) => Math.floor(epochMs(event.event_time) / DAY_MS);

// Not under the name of earlier versions, which kept it in another form.
const keyName = (feature: string) => `volume|${feature}`;

/** What alarmed is kept apart; what was flagged for another reason is nothing of this. */
function notLearnt({ next: { maxima }, sum, isOver, single }: JudgedVolume): DayMaxima {
  return isOver || single !== undefined ? keepApart(maxima, sum) : maxima;
}

/** Nothing is stored of a call that changes nothing, as of failures most calls don't; of parts it is kept when they were used. */
function isSame({ state, part }: KnownVolume, now: VolumeState): boolean {
  if (state === undefined || part !== undefined) return false;
  const { windows, maxima, single } = now;
  return windows === state.windows && maxima === state.maxima && single === state.single;
}

class VolumeFacet implements Facet {
  readonly name: string;
  readonly activities?: ReadonlySet<string>;
  readonly learnsDoubtful = true as const;
  readonly #options: VolumeOptions;
  readonly #key: string;
  /** Where the agent as a whole is counted, of a part that leans on it. */
  readonly #wholeKey: string;
  /** What `score` looked up, for the `learn` that follows: nothing is put in between. */
  #judged: JudgedVolume | undefined;

  constructor(options: VolumeOptions) {
    this.name = options.name;
    this.#options = options;
    this.#key = keyName(options.name);
    this.#wholeKey = keyName(options.leansOn ?? options.name);
    if (options.activities !== undefined) this.activities = options.activities;
  }

  score(draft: Draft, event: AuditEvent, registered?: RegistryAgent): FacetScore | null {
    const own = this.#judge(draft, event);
    const judged = own && this.#leaning(own, registered);
    this.#judged = judged;
    if (judged === undefined || !Number.isFinite(judged.threshold)) return null;
    const { p, isOver, single, next } = judged;
    const usual = usualOf(next.maxima.logs, this.#options.unit);
    const isTold = isOver || single !== undefined;
    const score = {
      facet: this.name,
      points: Math.min(BITS_MAX, Math.max(0, -Math.log2(Math.max(p, 1e-12)))),
      weight: 0.02,
      more: {
        day: usual && this.#day(judged, usual),
        alarm: isTold ? volumeAlarm(judged, this.#options) : undefined,
        baseline: isTold ? baselineFor(judged) : undefined,
      },
    };
    return new WordedScore(score, () => [volumeReason(judged, this.#options)]);
  }

  /** Whether the agent as a whole, and not only a part of it, has too few days of a feature. */
  #isYoung(draft: Draft, event: AuditEvent): boolean {
    const stored = knownOf<StoredVolume>(draft, event, this.#wholeKey);
    return stored === undefined || storedDays(stored) < BLOCKS_MIN;
  }

  /** The same, judged by peers where its own days are too few. */
  #leaning(own: JudgedVolume, registered: RegistryAgent | undefined): JudgedVolume {
    const { draft, event, next, sum } = own;
    const { partOf, leansOn: feature = this.name } = this.#options;
    if (alarmThreshold(next.maxima, this.#options) !== undefined) return own;
    if (partOf !== undefined && !this.#isYoung(draft, event)) return own;
    const peers = peersOf(draft, event, {
      registered,
      knows: ({ volumes }) => Object.hasOwn(volumes, feature),
    });
    const asked = { feature, sum, probability: 1 / DAYS_PER_CHANCE };
    const verdict = peers && judgeByPeers(peers, asked, this.#options);
    if (peers === undefined || verdict === undefined) return own;
    // What all kinds of agents do silences nothing.
    if (peers.level === PEER_LEVELS.tenant && !verdict.isOver) return own;
    const { p, threshold, isOver, isClamped } = verdict;
    return { ...own, p, threshold, isOver, learned: !isClamped, leaning: { peers, verdict } };
  }

  release(draft: Draft, whose: Whose, upTo: (what: string) => number | undefined): void {
    const rule = ruleOf(this.#options);
    const { windowMs } = this.#options;
    const released = <Of extends StoredVolume | undefined>(stored: Of, part?: string) => {
      const most = upTo(volumeSame(rule, part));
      const state = most === undefined ? undefined : readVolume(stored, windowMs);
      if (most === undefined || state?.maxima.kept === undefined) return stored;
      const maxima = foundHarmless(state.maxima, most, this.#options);
      return toStoredVolume({ ...state, maxima }, { stored, state }, windowMs);
    };
    if (this.#options.partOf === undefined) {
      const before = knownOf<StoredVolume>(draft, whose, this.#key);
      const now = released(before);
      if (now !== before) keepKnown(draft, whose, this.#key, now);
      return;
    }
    const before = knownOf<StoredParts>(draft, whose, this.#key) ?? NO_PARTS;
    const now = before.map(
      ([part, days, last, of]) => [part, days, last, released(of, part)] as const,
    );
    if (now.some(([, , , of], at) => of !== before[at]?.[3]))
      keepKnown(draft, whose, this.#key, now);
  }

  /** Asked when what alarmed for a month would become normal. */
  #isHeld(draft: Draft, event: AuditEvent, part: string | undefined): boolean {
    return isFoundRight(draft, event, volumeSame(ruleOf(this.#options), part));
  }

  tell(draft: Draft, event: AuditEvent): ToldFacet {
    if (this.#options.partOf !== undefined) return {};
    const { state } = this.#known(draft, event, undefined);
    if (state === undefined) return {};
    const isHeld = () => this.#isHeld(draft, event, undefined);
    return { maxima: atDay(state.maxima, dayOf(event), this.#options, isHeld).logs };
  }

  learn(draft: Draft, event: AuditEvent, flagged: boolean): void {
    const scored = this.#judged;
    this.#judged = undefined;
    const judged =
      scored?.event === event && scored.draft === draft ? scored : this.#judge(draft, event);
    if (judged === undefined) return;
    const { known: before, next, sum } = judged;
    // What was flagged is counted, so that a burst stays whole, and does not become usual.
    const maxima = flagged ? notLearnt(judged) : learnMaximum(next.maxima, sum);
    const single = flagged ? next.single : this.#withCall(next, event);
    const becomesTainted = flagged && !next.windows.tainted;
    const windows = becomesTainted ? { ...next.windows, tainted: true } : next.windows;
    const now: VolumeState = { windows, maxima, single };
    if (isSame(before, now)) return;
    const stored = toStoredVolume(now, before, this.#options.windowMs);
    const kept =
      before.part === undefined
        ? stored
        : keepPart(before.parts, before.part, { of: stored, today: dayOf(event) });
    keepKnown(draft, event, this.#key, kept);
  }

  #withCall({ single, maxima }: VolumeState, event: AuditEvent): LargestCall {
    const { singleFloor, amountOf } = this.#options;
    const amount = singleFloor === undefined ? undefined : amountOf(event);
    return amount === undefined ? single : withCall(single, amount, maxima.logs.length);
  }

  #day({ next, sum, p }: JudgedVolume, usual: Usual): DayOdds {
    const anchored = anchoredProbability(next.maxima, this.#options, sum);
    const score = dayScore(usual, sum);
    if (this.#options.anchored !== true) return { probability: p, score };
    const { peak: largest, logs, since } = next.maxima;
    const high = { value: sum, largest, days: logs.length, since };
    if (anchored === undefined) return { probability: p, score, high };
    return { probability: p, score, high, anchored, days: next.maxima, model: this.#options };
  }

  #known(draft: Draft, event: AuditEvent, name: string | undefined): KnownVolume {
    const { windowMs } = this.#options;
    if (name === undefined) {
      const stored = knownOf<StoredVolume>(draft, event, this.#key);
      return { stored, state: readVolume(stored, windowMs), part: undefined, parts: NO_PARTS };
    }
    const part = shortPrint(name);
    const parts = knownOf<StoredParts>(draft, event, this.#key) ?? NO_PARTS;
    const stored = keptOf(parts, part);
    return { stored, state: readVolume(stored, windowMs), part, parts };
  }

  /** What its days and single calls are like, at the day of this event. */
  #daysWith(
    draft: Draft,
    event: AuditEvent,
    { state, part }: KnownVolume,
  ): Pick<VolumeState, 'maxima' | 'single'> {
    const day = dayOf(event);
    const before = state?.maxima ?? newMaxima(day);
    // A question that is asked once a day: to make it at each call took longer than to answer it.
    const maxima = before.day < day ? this.#atDay(draft, event, before, part) : before;
    const anew = rebased(maxima, declaredSince(draft, event), this.#options);
    if (state === undefined) return { maxima: anew, single: NO_CALLS };
    // A declared change begins anew what single calls are like, as it does days; so does the age of what alarmed.
    if (anew !== maxima) {
      return { maxima: anew, single: afterChange(state.single, maxima.logs.length) };
    }
    return { maxima, single: maxima.since === state.maxima.since ? state.single : NO_CALLS };
  }

  #atDay(draft: Draft, event: AuditEvent, before: DayMaxima, part: string | undefined): DayMaxima {
    const isHeld = () => this.#isHeld(draft, event, part);
    return atDay(before, dayOf(event), this.#options, isHeld);
  }

  /** The state with this event in its windows. */
  #judge(draft: Draft, event: AuditEvent): JudgedVolume | undefined {
    const { windowMs, amountOf, partOf } = this.#options;
    const amount = event.event_time_quality === 'measured' ? amountOf(event) : undefined;
    if (amount === undefined) return undefined;
    const named = partOf?.(event);
    if (partOf !== undefined && named === undefined) return undefined;
    const known = this.#known(draft, event, named);
    const { state, part: tool, parts } = known;
    const chances = tool === undefined ? 1 : partsWith(parts, tool, dayOf(event));
    if (chances === undefined) return undefined;
    const { maxima, single } = this.#daysWith(draft, event, known);
    const part = partAt(epochMs(event.event_time), windowMs);
    const windows = countedWith(state, { part, day: maxima.day }, amount);
    const next: VolumeState = { windows, maxima, single };
    const sum = heldWith(windows, part);
    const said = judge(next, sum, this.#options, chances);
    return {
      draft,
      event,
      known,
      next,
      sum,
      p: said?.p ?? 1,
      threshold: said?.threshold ?? Number.POSITIVE_INFINITY,
      isOver: said?.isOver ?? false,
      learned: said?.learned ?? false,
      first: said?.first,
      single: judgeSingle(next, amount, this.#options),
    };
  }
}

export function volumeFacet(options: VolumeOptions): Facet {
  return new VolumeFacet(options);
}
