/**
 * Too much of something within a window of time, for this agent: calls, records, tokens, denials.
 *
 * Two models, by what is known. From seven days on, the largest window of a day decides (block maxima,
 * `../volume/block-maxima.ts`): what alarms comes by chance on one day in 1,000 at most, if days are
 * exchangeable. Before, from thirty windows on, a count far out in the tail of a negative binomial that
 * is four times larger than any before (`../volume/count-tail.ts`): coarse, and told as such. Before
 * that it abstains. Either threshold is clamped from below by a static floor, so that a quiet agent is
 * no alarm when it does three things at once.
 *
 * Limits: an agent's own history only, peers are not compared; a burst inside what the agent's busiest
 * minute may hold is not seen; sources without times (synthetic, coarse) are not judged.
 */
import {
  type AlertReason,
  type AuditEvent,
  epochMs,
  type Severity,
  shortPrint,
} from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { agentKey } from '../kept/agent-key.ts';
import { declaredSince } from '../profile/declarations.ts';
import { shorten } from '../short-text.ts';
import {
  alarmThreshold,
  anchoredProbability,
  atDay,
  BLOCKS_MIN,
  DAYS_PER_CHANCE,
  type DayModel,
  dateOfDay,
  dayProbability,
  dayScore,
  learnMaximum,
  newMaxima,
  rebased,
  type Unit,
  type Usual,
  usualOf,
} from '../volume/block-maxima.ts';
import { countTail } from '../volume/count-tail.ts';
import { keepPart, partsWith } from '../volume/kept-parts.ts';
import { leastOf, type ScoreTail } from '../volume/score-tail.ts';
import { NO_WINDOW, slide, sumOf } from '../volume/sliding-window.ts';
import type { Facet, FacetAlarm, FacetScore } from './facet.ts';
import { agentName } from './value-novelty.ts';
import {
  finished,
  fixedOf,
  fromStoredVolume,
  type StoredParts,
  type StoredVolume,
  toStoredVolume,
  type VolumeState,
} from './volume-state.ts';

const DAY_MS = 86_400_000;
const TITLE_LENGTH_MAX = 90;
/** Windows with anything in them before the count tail may judge. */
export const SETTLED_WINDOWS_MIN = 30;
/** While days are few: how improbable, and how many times the largest before. */
const EARLY_TAIL = 1e-9;
const EARLY_FACTOR = 4;
const BITS_MAX = 40;

export interface VolumeOptions {
  readonly name: string;
  readonly severity: Severity;
  readonly windowMs: number;
  /** "a minute" */
  readonly span: string;
  /** "43 calls" */
  readonly say: (sum: number, event: AuditEvent) => string;
  /** What this event adds; undefined when it has nothing of this kind. */
  readonly amountOf: (event: AuditEvent) => number | undefined;
  /** What of an agent is counted apart, a tool for example; left out: the agent as a whole. */
  readonly partOf?: (event: AuditEvent) => string | undefined;
  /** A window with less never alarms. */
  readonly floor: number;
  /** What is counted: events, or amounts of something. */
  readonly unit: Unit;
  readonly tail: ScoreTail;
  /** The first days are kept, against a slow drift. */
  readonly anchored?: true;
  /** Of which activities it is asked; left out: acts of the agent. */
  readonly activities?: ReadonlySet<string>;
  readonly taxonomy: FacetAlarm['taxonomy'];
}

/** What was known of the agent, or of this part of it among others. */
interface Known {
  readonly state: VolumeState | undefined;
  readonly part: string | undefined;
  readonly parts: StoredParts;
}

const dayOf = (event: AuditEvent) => Math.floor(epochMs(event.event_time) / DAY_MS);

/** What the state says of a window that holds this event. */
interface Judged {
  readonly draft: Draft;
  readonly event: AuditEvent;
  readonly known: Known;
  readonly next: VolumeState;
  readonly sum: number;
  readonly p: number;
  readonly threshold: number;
  readonly isOver: boolean;
  readonly learned: boolean;
}

/** The threshold and how probable the sum is; undefined while too little is known. */
function judge(
  { maxima, counts, most }: VolumeState,
  sum: number,
  model: DayModel,
  chances: number,
) {
  const usual = usualOf(maxima.logs, model.unit);
  const threshold = alarmThreshold(maxima, model);
  if (threshold !== undefined) {
    const p = usual === undefined ? 1 : leastOf(dayProbability(usual, model.tail, sum), chances);
    // A day of many tools is as many chances: what one of them may do is rarer.
    const isRare = usual === undefined || p <= 1 / DAYS_PER_CHANCE;
    return { p, threshold, isOver: isRare && sum > threshold, learned: threshold > model.floor };
  }
  if (counts.n < SETTLED_WINDOWS_MIN) return undefined;
  const p = countTail(Math.floor(sum), counts);
  const least = Math.max(model.floor, most * EARLY_FACTOR);
  return { p, threshold: least, isOver: p <= EARLY_TAIL && sum > least, learned: false };
}

class VolumeFacet implements Facet {
  readonly name: string;
  readonly activities?: ReadonlySet<string>;
  readonly learnsDoubtful = true as const;
  readonly #options: VolumeOptions;
  /** What `score` looked up, for the `learn` that follows: nothing is put in between. */
  #judged: Judged | undefined;

  constructor(options: VolumeOptions) {
    this.name = options.name;
    this.#options = options;
    if (options.activities !== undefined) this.activities = options.activities;
  }

  score(draft: Draft, event: AuditEvent): FacetScore | null {
    const judged = this.#judge(draft, event);
    this.#judged = judged;
    if (judged === undefined || !Number.isFinite(judged.threshold)) return null;
    const { p, isOver, next } = judged;
    const usual = usualOf(next.maxima.logs, this.#options.unit);
    const reasonsOf = () => [this.#reason(judged)];
    return {
      facet: this.name,
      points: Math.min(BITS_MAX, Math.max(0, -Math.log2(Math.max(p, 1e-12)))),
      weight: 0.02,
      get reasons() {
        return reasonsOf();
      },
      ...(usual === undefined ? {} : { day: this.#day(judged, usual) }),
      ...(isOver ? { alarm: this.#alarm(judged) } : {}),
    };
  }

  learn(draft: Draft, event: AuditEvent, flagged: boolean): void {
    const scored = this.#judged;
    this.#judged = undefined;
    const judged =
      scored?.event === event && scored.draft === draft ? scored : this.#judge(draft, event);
    if (judged === undefined) return;
    const { known: before, next, sum } = judged;
    // What was flagged is counted, so that a burst stays whole, and does not become usual.
    const maxima = flagged ? next.maxima : learnMaximum(next.maxima, sum);
    const stored = toStoredVolume({ ...next, maxima, tainted: next.tainted || flagged });
    const now =
      before.part === undefined
        ? stored
        : keepPart(before.parts, before.part, { of: stored, today: dayOf(event) });
    draft.put(this.#key(event), now);
  }

  #day({ next, sum, p }: Judged, usual: Usual): NonNullable<FacetScore['day']> {
    const anchored = anchoredProbability(next.maxima, this.#options, sum);
    const score = dayScore(usual, sum);
    return { probability: p, score, ...(anchored === undefined ? {} : { anchored }) };
  }

  /** Not under the name of earlier versions, which kept it in another form. */
  #key(event: AuditEvent): string {
    return agentKey(event, `volume|${this.name}`);
  }

  #known(draft: Draft, event: AuditEvent, name: string | undefined): Known {
    const key = this.#key(event);
    if (name === undefined) {
      const stored = draft.get<StoredVolume>(key);
      return { state: stored && fromStoredVolume(stored), part: undefined, parts: [] };
    }
    const part = shortPrint(name);
    const parts = draft.get<StoredParts>(key) ?? [];
    const stored = parts.find(([one]) => one === part)?.[3];
    return { state: stored && fromStoredVolume(stored), part, parts };
  }

  /** The state with this event in its windows. */
  #judge(draft: Draft, event: AuditEvent): Judged | undefined {
    const { windowMs, amountOf, partOf } = this.#options;
    const amount = event.event_time_quality === 'measured' ? amountOf(event) : undefined;
    if (amount === undefined) return undefined;
    const named = partOf?.(event);
    if (partOf !== undefined && named === undefined) return undefined;
    const ms = epochMs(event.event_time);
    const known = this.#known(draft, event, named);
    const { state, part, parts } = known;
    const window = slide(state?.window ?? NO_WINDOW, { ms, windowMs }, amount);
    if (window === undefined) return undefined;
    const day = dayOf(event);
    const chances = part === undefined ? 1 : partsWith(parts, part, day);
    if (chances === undefined) return undefined;
    const fixed = Math.floor(ms / windowMs);
    const moved = state === undefined || fixed > fixedOf(state);
    const sum = sumOf(window);
    const next: VolumeState = {
      ...(moved ? finished(state) : state),
      window,
      fixedSum: moved ? amount : state.fixedSum + amount,
      tainted: moved ? false : state.tainted,
      maxima: rebased(
        atDay(state?.maxima ?? newMaxima(day), day, this.#options),
        declaredSince(draft, event),
        this.#options,
      ),
    };
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
    };
  }

  #reason({ event, next, sum, p, threshold, learned }: Judged): AlertReason {
    const { name, say, span } = this.#options;
    const { logs, peak, since } = next.maxima;
    const settled = logs.length >= BLOCKS_MIN;
    const usual = usualOf(logs, this.#options.unit);
    const expected =
      usual === undefined
        ? `never more than ${say(next.most, event)} within ${span} in ${next.counts.n} windows`
        : `about ${say(Math.round(Math.expm1(usual.median)), event)} in the busiest ${span.replace(/^an? /, '')} of a day, at most ${say(peak, event)}`;
    return {
      feature: name,
      text: `${say(sum, event)} within ${span}; ${expected} since ${dateOfDay(since)}.`,
      expected,
      observed: `${say(sum, event)} within ${span}`,
      p_value: Number(p.toPrecision(3)),
      baseline_n: settled ? logs.length : next.counts.n,
      level: 'agent',
      threshold: Number(threshold.toPrecision(4)),
      threshold_source: learned ? 'learned' : 'static',
    };
  }

  #alarm(judged: Judged): FacetAlarm {
    const { event, next, sum, threshold } = judged;
    const { name, severity, say, span, taxonomy } = this.#options;
    const who = agentName(event);
    const settled = next.maxima.logs.length >= BLOCKS_MIN;
    return {
      kind: 'behavior_deviation',
      ruleId: name.replaceAll('_', '-'),
      severity,
      dedupeKey: `${name}|${next.maxima.day}|${this.#options.partOf?.(event) ?? ''}`,
      title: shorten(`${who}: ${say(sum, event)} within ${span}, more than ever`, TITLE_LENGTH_MAX),
      summary: `${who} has ${this.#reason(judged).text} The alarm begins above ${say(Math.floor(threshold), event)}.`,
      evidence: [],
      notVisible: [
        'Peers were not compared: only this agent’s own history was.',
        ...(settled
          ? []
          : ['Its history is shorter than seven days, so a coarse threshold was used.']),
      ],
      taxonomy,
    };
  }
}

export function volumeFacet(options: VolumeOptions): Facet {
  return new VolumeFacet(options);
}
