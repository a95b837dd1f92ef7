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
 */
import {
  type AuditEvent,
  type Effect,
  epochMs,
  PRINT_LENGTH,
  type RegistryAgent,
  type Severity,
  shortPrint,
} from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { isDeclared } from '../governance/declared-tool.ts';
import { agentKey } from '../kept/agent-key.ts';
import { type Ages, declinedOf, isReleased, withDeclined } from '../kept/declined-prints.ts';
import { type CountsOf, countOf, eachCount, withOneMore } from '../kept/print-counts.ts';
import { type Facet, type FacetScore, type ToldFacet, WordedScore } from './facet.ts';
import { type Surprise, surpriseByPeers } from './novelty-surprise.ts';
import {
  alarmWords,
  NEW_PROBABILITY_MAX,
  type NoveltyWords,
  reasonWords,
} from './novelty-words.ts';

/** Calls before an agent's history may raise an alarm: cold start abstains. */
export const SETTLED_CALLS_MIN = 50;
/** Values remembered per agent and facet: the most frequent; with more than these nothing alarms. */
export const VALUES_PER_AGENT_MAX = 96;
/** Parts of an agent (tools) whose values are counted apart; the one with the fewest calls makes room. */
const PARTS_MAX = 32;
/** Counts end there, and the number of calls with them, so that shares stay shares. */
const CALLS_MAX = 250_000;
const COUNTS: CountsOf = { print: PRINT_LENGTH, digits: 3, entriesMax: VALUES_PER_AGENT_MAX };
const DAY_MS = 86_400_000;

/** How common effects are over all agents: the shipped prior for what a new value brings. */
const EFFECT_PRIOR: Readonly<Record<Effect, number>> = {
  read: 0.6,
  unknown: 0.1,
  create: 0.07,
  update: 0.07,
  send: 0.05,
  execute: 0.04,
  configure: 0.02,
  delete: 0.02,
  pay: 0.02,
  grant: 0.01,
};

/** Effects whose first use deserves a person's look. */
const EFFECTFUL: ReadonlySet<Effect> = new Set([
  'create',
  'delete',
  'execute',
  'send',
  'grant',
  'pay',
  'configure',
]);

/** Calls, different values, the day of the first, how often each value was met, and which wait. */
type Met = readonly [n: number, distinct: number, since: number, counts: string, declined?: string];
/** By fingerprint of what is counted apart; the agent as a whole without a name. */
type Kept = Readonly<Record<string, Met>>;

const NOTHING_MET: Met = [0, 0, 0, ''];
/** Of the agent as a whole. */
const WHOLE = '';

/** Of a kind of act: what is doubted says what a call is for, not that the agent has no such tool. */
const KIND_AGES: Ages = { doubted: 0, flagged: 7 };

const dayOf = (event: AuditEvent) => Math.floor(epochMs(event.event_time) / DAY_MS);
const declinedTable = ({ met }: Known) => met?.[4] ?? '';

export interface NoveltyOptions {
  readonly name: string;
  readonly ruleId: string;
  readonly severity: Severity;
  /** Weight of a bit of surprise in the score of the call. */
  readonly weight: number;
  /** What is judged; undefined when the event has none. */
  readonly valueOf: (event: AuditEvent) => string | undefined;
  /** Whether a new value deserves a person's look; left out: where the call had an effect. */
  readonly deserves?: (value: string, event: AuditEvent) => boolean;
  /** Of what of the agent the history is; left out: of the agent as a whole. */
  readonly within?: (event: AuditEvent) => string;
  /** Each agent has its own: peers make none of them quiet; left out: they do. */
  readonly isOwn?: true;
  /**
   * Days until what was declined is released, if it came again; left out: those of a kind of act. Longer for a
   * value that whoever plants a text chooses (a destination): it is the value that is doubted.
   */
  readonly releasedAfter?: Ages;
  /** The value in words. */
  readonly describe: (value: string, event: AuditEvent) => string;
}

/** What the state says of a value before the call. */
interface Known {
  readonly draft: Draft;
  readonly event: AuditEvent;
  readonly value: string;
  readonly key: string;
  readonly part: string;
  readonly print: string;
  readonly kept: Kept;
  readonly met: Met | undefined;
  readonly count: number;
}

/** With this part; where there is no room, without the one that has the fewest calls. */
function withPart(kept: Kept, part: string, met: Met): Kept {
  if (kept[part] !== undefined || Object.keys(kept).length < PARTS_MAX) {
    return { ...kept, [part]: met };
  }
  const [least] = Object.entries(kept).reduce((a, b) => (b[1][0] < a[1][0] ? b : a));
  const { [least]: _, ...others } = kept;
  return { ...others, [part]: met };
}

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
    const isNew =
      count === 0 && event.outcome !== 'denied' && this.#deserves(value, event, registered);
    const surprise = isNew ? this.#surprise(known, registered) : undefined;
    const [n, distinct] = met ?? NOTHING_MET;
    if (n === 0 && surprise === undefined) return null;
    const newMass = n === 0 ? 1 : distinct / (n + distinct);
    const p = count > 0 ? count / (n + distinct) : newMass * EFFECT_PRIOR[event.effect];
    const score = {
      facet: this.name,
      points: Math.max(0, -Math.log2(Math.max(p, 1e-12))),
      weight: this.#options.weight,
    };
    const alarm = surprise?.alarms === true ? alarmWords(this.#worded(known), surprise) : undefined;
    return new WordedScore(alarm === undefined ? score : { ...score, ...alarm }, () => [
      reasonWords(this.#worded(known), { newMass, p }, surprise),
    ]);
  }

  /** What is new deserves an alarm by the agent's own history, or, where that is short, by its peers'. */
  #surprise(known: Known, registered: RegistryAgent | undefined): Surprise | undefined {
    const { draft, event, print, part, met } = known;
    const [n, distinct] = met ?? NOTHING_MET;
    const isYoung = n < SETTLED_CALLS_MIN;
    const isRare =
      distinct <= VALUES_PER_AGENT_MAX && distinct / (n + distinct) <= NEW_PROBABILITY_MAX;
    if (!isYoung && !isRare) return undefined;
    // Values of a part of an agent are told to nobody.
    if (part !== WHOLE) return isYoung ? undefined : { isYoung, alarms: true, isMild: false };
    const isOwn = this.#options.isOwn === true;
    const asked = { feature: this.name, print, isYoung, isOwn, registered };
    return surpriseByPeers(draft, event, asked);
  }

  /** What the registry declares of the agent is new at most in time: its owner said that it may. */
  #deserves(value: string, event: AuditEvent, registered: RegistryAgent | undefined): boolean {
    const { deserves } = this.#options;
    if (deserves !== undefined) return deserves(value, event);
    return EFFECTFUL.has(event.effect) && !isDeclared(registered, event.tool);
  }

  /** Undefined where nothing is counted; whatever is learnt, what was looked up before it no longer holds. */
  #looked(draft: Draft, event: AuditEvent): Known | undefined {
    const scored = this.#scored;
    this.#scored = undefined;
    const isScored = scored?.event === event && scored.draft === draft;
    return isScored ? scored : this.#known(draft, event);
  }

  learn(draft: Draft, event: AuditEvent, flagged: boolean): void {
    const known = this.#looked(draft, event);
    if (known === undefined) return;
    if (flagged) this.#decline(known, true);
    else this.#count(known, declinedTable(known));
  }

  learnDoubtful(draft: Draft, event: AuditEvent): void {
    const known = this.#looked(draft, event);
    if (known !== undefined) this.#decline(known, false);
  }

  /** One more of it. */
  #count({ draft, event, key, part, print, kept, met, count }: Known, declined: string): void {
    const [n, distinct, from, counts] = met ?? NOTHING_MET;
    if (n >= CALLS_MAX && count > 0) return;
    const whole = Math.min(CALLS_MAX, n + 1);
    const values = distinct + (count === 0 ? 1 : 0);
    const since = n === 0 ? dayOf(event) : from;
    const after = withOneMore(counts, print, COUNTS);
    const next: Met =
      declined === '' ? [whole, values, since, after] : [whole, values, since, after, declined];
    draft.put(key, withPart(kept, part, next));
  }

  /** Not counted but noted: a value becomes known once it has settled, and of a known one counts one a day. */
  #decline(known: Known, isFlagged: boolean): void {
    const { draft, event, key, part, print, kept, met, count } = known;
    // What is known stays so, and of what alarmed no more of it is wanted.
    if (isFlagged && count > 0) return;
    const before = declinedTable(known);
    const chain = shortPrint(event.chain_id);
    const table = withDeclined(before, { print, chain, day: dayOf(event), isFlagged });
    if (table === before) return;
    const declined = declinedOf(table, print);
    const ages = this.#options.releasedAfter ?? KIND_AGES;
    if (declined !== undefined && (count > 0 || isReleased(declined, ages))) {
      this.#count(known, table);
      return;
    }
    const [n, distinct, since, counts] = met ?? NOTHING_MET;
    draft.put(key, withPart(kept, part, [n, distinct, since, counts, table]));
  }

  #worded({ event, value, print, met }: Known): NoveltyWords {
    const [calls, others, since, , table] = met ?? NOTHING_MET;
    const { severity, ruleId, describe } = this.#options;
    const what = describe(value, event);
    const declined = declinedOf(table ?? '', print);
    const count = met === undefined ? 0 : countOf(met[3], print, COUNTS);
    const own = { calls, others, since, count, declined };
    return { event, value, what, name: this.name, severity, ruleId, ...own };
  }

  tell(draft: Draft, event: AuditEvent): ToldFacet {
    const met = draft.get<Kept>(agentKey(event, this.#keyName))?.[WHOLE];
    return met === undefined ? {} : { counts: eachCount(met[3], COUNTS) };
  }

  /** Undefined where the event has nothing to judge. */
  #known(draft: Draft, event: AuditEvent): Known | undefined {
    const value = this.#options.valueOf(event);
    if (value === undefined) return undefined;
    const within = this.#options.within?.(event);
    const key = agentKey(event, this.#keyName);
    const part = within === undefined ? WHOLE : shortPrint(within);
    const print = shortPrint(value);
    const kept = draft.get<Kept>(key) ?? {};
    const met = kept[part];
    const count = met === undefined ? 0 : countOf(met[3], print, COUNTS);
    return { draft, event, value, key, part, print, kept, met, count };
  }
}

export function valueNovelty(options: NoveltyOptions): Facet {
  return new ValueNovelty(options);
}
