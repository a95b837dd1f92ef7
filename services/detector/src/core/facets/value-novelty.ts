/**
 * Novelty of one categorical value per agent: the predictive probability of what the agent just
 * did, from its own history with back-off to a shipped prior.
 *
 * Witten–Bell: after n observations of k distinct values, the next is a new one with probability
 * k / (n + k); a known value v has c(v) / (n + k). (Witten & Bell, IEEE Trans. Inf. Theory 37(4),
 * 1991, method C.) It says by itself that an agent which is always at something new is not
 * surprising when it is again, where a yes/no set would alarm for ever. The shipped prior spreads
 * the new mass over effects: reads are common, grants rare.
 *
 * Peers are asked of what is new (`../peers/peer-values.ts`): what is common to them is no surprise, and what none
 * of them knows alarms of an agent too young to be judged by its own history.
 *
 * Values are kept as fingerprints of 66 bits and counted, all of an agent in one value of the state.
 * Limit: an agent with more values than are kept can't tell a new one from one that made room for
 * others, so it is ranked and nothing alarms.
 * What had no effect makes nothing known (`../call-ending.ts`), and what is only said nothing of an agent that is proven
 * (`said-values.ts`).
 */
import { type AuditEvent, type RegistryAgent, shortPrint } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { callEnding, showsHabit } from '../call-ending.ts';
import { keepKnown, knownOf } from '../kept/known-of-agent.ts';
import { type Chance, type Facet, type FacetScore, type ToldFacet, WordedScore } from './facet.ts';
import {
  countedIn,
  eachMet,
  type Kept,
  type Met,
  metOnceMore,
  NOTHING_MET,
  SAID,
  timesMet,
  VALUES_PER_AGENT_MAX,
  WHOLE,
  withPart,
} from './met-values.ts';
import { EFFECT_PRIOR, noveltyChance } from './novelty-chance.ts';
import {
  dayOf,
  declinedOnceMore,
  failsUsually,
  historyOf,
  isSettling,
  type Known,
  triedOnceMore,
  unpermittedOnceMore,
  type Waits,
} from './novelty-known.ts';
import { EFFECTFUL, type NoveltyOptions } from './novelty-options.ts';
import { type Surprise, surpriseByPeers } from './novelty-surprise.ts';
import { toldOf } from './novelty-told.ts';
import { alarmWords, NEW_PROBABILITY_MAX, reasonWords } from './novelty-words.ts';
import { saidMet, saidPrint, withProof, withSaid, withWhole } from './said-values.ts';

/** Calls before an agent's history may raise an alarm: cold start abstains. */
export const SETTLED_CALLS_MIN = 50;
/** A new value with such an effect is so rare among calls, of which those count that were met once. */
const LONELY_CHANCE_MAX = 0.005;
/** Days in which an agent may come to what it is declared to do (`novelty-excuse.ts`). */
const NEWCOMER_DAYS = 7;

class ValueNovelty implements Facet {
  readonly name: string;
  readonly #options: NoveltyOptions;
  /** Not under the name of earlier versions, which kept a key for each value. */
  readonly #keyName: string;
  /** What `score` looked up, for the `learn` that follows: nothing is put in between. */
  #scored: Known | undefined;

  constructor(options: NoveltyOptions) {
    this.name = options.name;
    this.#options = options;
    this.#keyName = `met|${options.name}`;
  }

  score(draft: Draft, event: AuditEvent, registered?: RegistryAgent): FacetScore | null {
    const known = this.#known(draft, event);
    this.#scored = known;
    if (known === undefined) return null;
    const { value, met, count } = known;
    const judged = this.#judgedBy(known);
    const surprise =
      this.#isNew(judged) && this.#isToTell(judged)
        ? this.#excused(judged, this.#surprise(judged, registered), registered)
        : undefined;
    const n = met?.[0] ?? 0;
    const distinct = met?.[1] ?? 0;
    // What its source does not tell is counted, and says nothing of the call.
    if (value === this.#options.toldLess?.(event)) return null;
    // The first of all: the shipped prior alone ranks it, so that a stranger's first grant is not as nothing.
    const newMass = n === 0 ? 1 : distinct / (n + distinct);
    const p = count > 0 ? count / (n + distinct) : newMass * EFFECT_PRIOR[event.effect];
    const told = surprise === undefined ? known : judged;
    const score = {
      facet: this.name,
      points: Math.max(0, -Math.log2(Math.max(p, 1e-12))),
      weight: this.#options.weight,
      more:
        surprise?.alarms === true ? alarmWords(toldOf(told, this.#options), surprise) : undefined,
    };
    return new WordedScore(score, () => [
      reasonWords(
        toldOf(told, this.#options),
        { p: this.#chance(told), effect: this.#rareBy(event) },
        surprise,
      ),
    ]);
  }

  /** The history that is long enough: of the part, else of the whole where that is asked. */
  #judgedBy(known: Known): Known {
    const { draft, event, value, part, kept, met: own, count: times, declined, isSaid } = known;
    const isLong = (own?.[0] ?? 0) >= SETTLED_CALLS_MIN || (isSaid && times > 0);
    if (part === WHOLE || isLong || this.#options.wholeAfterDays === undefined) return known;
    const met = kept[WHOLE];
    const print = isSaid ? shortPrint(value) : known.print;
    const { count, place } = countedIn(met, print);
    return { draft, event, value, part: WHOLE, print, kept, met, count, place, declined, isSaid };
  }

  #isNew({ event, part, print, count, kept, isSaid }: Known): boolean {
    if (count > 0 || (isSaid && part === WHOLE && timesMet(kept[SAID], print) > 0)) return false;
    const less = this.#options.toldLess?.(event);
    const whole = kept[WHOLE];
    if (less === undefined || whole === undefined) return true;
    return timesMet(whole, shortPrint(less)) === 0;
  }

  /** What is new deserves an alarm by the agent's own history, or, where that is short, by its peers'. */
  #surprise(known: Known, registered: RegistryAgent | undefined): Surprise | undefined {
    const { draft, event, print, part, met } = known;
    const [n, distinct, since] = met ?? NOTHING_MET;
    const { daysMin, isOwn: own, isOfKind: ofKind, wholeAfterDays } = this.#options;
    const days = daysMin?.(event) ?? (part === WHOLE ? (wholeAfterDays ?? 0) : 0);
    const isYoung = n < SETTLED_CALLS_MIN || dayOf(event) - since < days;
    const isFew =
      distinct <= VALUES_PER_AGENT_MAX && distinct / (n + distinct) <= NEW_PROBABILITY_MAX;
    if (!isYoung && !isFew && !this.#isLonely(known)) return undefined;
    // Values of a part of an agent are told to nobody.
    if (part !== WHOLE) return isYoung ? undefined : { isYoung, alarms: true, isMild: false };
    const kinds = { isOwn: own === true, isOfKind: ofKind === true };
    const asked = { feature: this.name, print, isYoung, ...kinds, registered };
    return surpriseByPeers(draft, event, asked);
  }

  /**
   * Hardly any call brings something new with such an effect, however many things the agent has come to: else who reads
   * two dozen new things beforehand buys silence for the one that deletes. Not of what each agent has its own.
   */
  #isLonely({ met, event }: Known): boolean {
    const effect = this.#rareBy(event);
    return (
      effect !== undefined && noveltyChance(met ?? NOTHING_MET, 0, effect) <= LONELY_CHANCE_MAX
    );
  }

  /** What was said beforehand is no surprise, or less of one. */
  #excused(
    { draft, event, part, met }: Known,
    surprise: Surprise | undefined,
    registered: RegistryAgent | undefined,
  ): Surprise | undefined {
    if (surprise?.alarms !== true) return surprise;
    const isWhole = part === WHOLE;
    const history = historyOf(event, met);
    const isNewcomer = surprise.isYoung || dayOf(event) - history.sinceDay < NEWCOMER_DAYS;
    const peersHave = surprise.said?.have;
    const asked = { draft, event, registered, isWhole, isNewcomer, history, peersHave };
    const excuse = this.#options.excuse?.(asked);
    if (excuse === 'quiet') return { ...surprise, alarms: false };
    return excuse === 'mild' ? { ...surprise, isMild: true } : surprise;
  }

  /** Of what each agent has its own only calls of some effects are asked: none of these is rare among them. */
  #rareBy({ effect }: AuditEvent): AuditEvent['effect'] | undefined {
    return this.#options.isOwn === true ? undefined : effect;
  }

  #chance({ met, count, event }: Known): number {
    return noveltyChance(met ?? NOTHING_MET, count, this.#rareBy(event));
  }

  /** Not what had no effect, what always fails, or what nobody need look at. */
  #isToTell(known: Known): boolean {
    const { value, event } = known;
    const ending = callEnding(event);
    if (ending === 'void' || !this.#deserves(value, event) || isSettling(known)) return false;
    return ending !== 'failed' || !failsUsually(known, this.#options);
  }

  #deserves(value: string, event: AuditEvent): boolean {
    return this.#options.deserves?.(value, event) ?? EFFECTFUL.has(event.effect);
  }

  /** Undefined where nothing is counted; whatever is learnt, what was looked up before it no longer holds. */
  #looked(draft: Draft, event: AuditEvent): Known | undefined {
    const scored = this.#scored;
    this.#scored = undefined;
    const isScored = scored?.event === event && scored.draft === draft;
    const known = isScored ? scored : this.#known(draft, event);
    const isFirst = known?.count === 0 && showsHabit(event);
    if (isFirst) this.#options.note?.(draft, event, historyOf(event, known.met));
    return known;
  }

  learn(draft: Draft, event: AuditEvent, flagged: boolean): void {
    const known = this.#looked(draft, event);
    if (known === undefined) return;
    if (!showsHabit(event)) this.#settle(known, flagged ? triedOnceMore(known) : undefined);
    else if (flagged)
      this.#settle(known, declinedOnceMore(this.#asWaits(known), true, this.#options));
    else this.#count(known, known.declined);
  }

  learnDoubtful(draft: Draft, event: AuditEvent): void {
    const known = this.#looked(draft, event);
    if (known === undefined || !showsHabit(event)) return;
    // What is known can't be made known by it, and how short the history is decides what may alarm.
    if (known.count > 0) this.#count(known, known.declined);
    else this.#settle(known, declinedOnceMore(this.#asWaits(known), false, this.#options));
  }

  learnUnpermitted(draft: Draft, event: AuditEvent): void {
    const known = this.#looked(draft, event);
    if (known === undefined) return;
    if (!showsHabit(event)) this.#settle(known, triedOnceMore(known));
    else if (known.count > 0) this.#count(known, known.declined);
    else this.#settle(known, unpermittedOnceMore(this.#asWaits(known), this.#options));
  }

  /** What is said waits as what it is judged by: of as many tools, each by itself would wait for ever. */
  #asWaits(known: Known): Known {
    return known.isSaid ? { ...known, print: this.#judgedBy(known).print } : known;
  }

  /** One more of it, of its part and, where that is asked, of the whole. */
  #count(known: Known, declined: string): void {
    const { draft, event, value, part, print, kept, met, count, place, isSaid } = known;
    const day = dayOf(event);
    const next = metOnceMore(met, { print, day, count, place, declined });
    const isSame = next === undefined || next === met;
    const counted = isSame ? withProof(kept, event) : this.#withMet(known, next);
    if (part === WHOLE || this.#options.wholeAfterDays === undefined) {
      if (counted !== kept) keepKnown(draft, event, this.#keyName, counted);
      return;
    }
    const [of, waits] = isSaid ? ([SAID, declined] as const) : ([WHOLE, ''] as const);
    const whole = counted[of];
    const own = isSaid ? shortPrint(value) : print;
    const before = countedIn(whole, own);
    const all = metOnceMore(whole, { print: own, day, ...before, declined: waits });
    if (all !== undefined) keepKnown(draft, event, this.#keyName, withPart(counted, of, all));
  }

  /** Counted where it has settled by now; else no more than noted. */
  #settle(known: Known, waits: Waits | undefined): void {
    if (waits?.hasSettled === true) this.#count(known, waits.table);
    else if (waits !== undefined) this.#keepTable(known, waits.table);
  }

  #keepTable(known: Known, table: string): void {
    const { draft, event, met } = known;
    const [n, distinct, since, counts] = met ?? NOTHING_MET;
    const next = this.#withMet(known, [n, distinct, since, counts, table]);
    keepKnown(draft, event, this.#keyName, next);
  }

  #withMet({ event, part, kept, isSaid }: Known, met: Met): Kept {
    if (isSaid) return withSaid(kept, part, met);
    if (this.#options.within === undefined) return withWhole(kept, event, met);
    return withProof(withPart(kept, part, met), event);
  }

  chances(draft: Draft, event: AuditEvent): readonly Chance[] {
    const known = showsHabit(event) ? this.#known(draft, event) : undefined;
    if (known === undefined || known.value === this.#options.toldLess?.(event)) return [];
    const judged = this.#judgedBy(known);
    const { met, count } = judged;
    if (met === undefined || met[0] < SETTLED_CALLS_MIN) return [];
    // What is known by what its source told before is not new, and its count is another one's.
    if (count === 0 && !this.#isNew(judged)) return [];
    return [{ feature: this.name, probability: this.#chance(judged), per: 'call' }];
  }

  tell(draft: Draft, event: AuditEvent): ToldFacet {
    const met = knownOf<Kept>(draft, event, this.#keyName)?.[WHOLE];
    return met === undefined ? {} : { counts: eachMet(met) };
  }

  /** Undefined where the event has nothing to judge. */
  #known(draft: Draft, event: AuditEvent): Known | undefined {
    const value = this.#options.valueOf(event);
    if (value === undefined) return undefined;
    const within = this.#options.within?.(event);
    const part = within === undefined ? WHOLE : shortPrint(within);
    const print = shortPrint(value);
    const kept = knownOf<Kept>(draft, event, this.#keyName) ?? {};
    const met = kept[part];
    const { count, place } = countedIn(met, print);
    const declined = met?.[4] ?? '';
    const said = count > 0 ? undefined : saidMet(kept, event, part);
    if (said === undefined) {
      const isSaid = false;
      return { draft, event, value, part, print, kept, met, count, place, declined, isSaid };
    }
    const own = saidPrint(said, part, print);
    const its = { print: own, met: said, ...countedIn(said, own), declined: said[4] ?? '' };
    return { draft, event, value, part, kept, ...its, isSaid: true };
  }
}

export function valueNovelty(options: NoveltyOptions): Facet {
  return new ValueNovelty(options);
}
