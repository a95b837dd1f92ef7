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
  type AlertReason,
  type AuditEvent,
  type Effect,
  epochMs,
  PRINT_LENGTH,
  type RegistryAgent,
  type Severity,
  shiftTime,
  shortPrint,
} from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { isDeclared } from '../governance/declared-tool.ts';
import { agentKey } from '../kept/agent-key.ts';
import { type CountsOf, countOf, eachCount, withOneMore } from '../kept/print-counts.ts';
import { baselineOf, LEANING_NOTE } from '../peers/peer-snapshots.ts';
import { counted, shorten, shortName } from '../short-text.ts';
import {
  type Facet,
  type FacetAlarm,
  type FacetScore,
  type ToldFacet,
  WordedScore,
} from './facet.ts';
import { type Surprise, saidOf, surpriseByPeers, surprisedPeers } from './novelty-surprise.ts';

/** Calls before an agent's history may raise an alarm: cold start abstains. */
export const SETTLED_CALLS_MIN = 50;
/** The alarm needs a probability of anything new at or below this. */
export const NEW_PROBABILITY_MAX = 0.02;
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

/** Calls, different values, the day of the first, and how often each value was met. */
type Met = readonly [n: number, distinct: number, since: number, counts: string];
/** By fingerprint of what is counted apart; the agent as a whole without a name. */
type Kept = Readonly<Record<string, Met>>;

const NOTHING_MET: Met = [0, 0, 0, ''];
/** Of the agent as a whole. */
const WHOLE = '';

const dateOf = (day: number) => shiftTime('1970-01-01T00:00:00Z', day * DAY_MS).slice(0, 10);

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
  /** The value in words. */
  readonly describe: (value: string, event: AuditEvent) => string;
}

const NAME_LENGTH_MAX = 40;
const TITLE_LENGTH_MAX = 90;

export function agentName(event: AuditEvent): string {
  return shorten(event.agent.name ?? shortName(event.agent.uid), NAME_LENGTH_MAX);
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
  /** What `score` looked up, for the `learn` that follows: nothing is put in between. */
  #scored: Known | undefined;

  constructor(options: NoveltyOptions) {
    this.name = options.name;
    this.#options = options;
  }

  score(draft: Draft, event: AuditEvent, registered?: RegistryAgent): FacetScore | null {
    const known = this.#known(draft, event);
    this.#scored = known;
    if (known === undefined) return null;
    const { value, met, count } = known;
    const isNew =
      count === 0 && event.outcome !== 'denied' && this.#deserves(value, event, registered);
    const surprise = isNew ? this.#surprise(known, registered) : undefined;
    if (met === undefined && surprise === undefined) return null;
    const [n, distinct] = met ?? NOTHING_MET;
    const newMass = n === 0 ? 1 : distinct / (n + distinct);
    const p = count > 0 ? count / (n + distinct) : newMass * EFFECT_PRIOR[event.effect];
    const score = {
      facet: this.name,
      points: Math.max(0, -Math.log2(Math.max(p, 1e-12))),
      weight: this.#options.weight,
    };
    const alarm =
      surprise?.alarms === true
        ? this.#alarm(known, this.#options.describe(value, event), surprise)
        : undefined;
    return new WordedScore(alarm === undefined ? score : { ...score, ...alarm }, () => [
      this.#reason(known, { newMass, p }, surprise),
    ]);
  }

  #reason(
    { event, value, met, count }: Known,
    { newMass, p }: { readonly newMass: number; readonly p: number },
    surprise: Surprise | undefined,
  ): AlertReason {
    const [n] = met ?? NOTHING_MET;
    const seen = n === 0 ? 'never seen' : `seen in ${count} of ${counted(n, 'earlier call')}`;
    const own = {
      expected: `a new one in about ${(newMass * 100).toFixed(1)} % of calls`,
      observed: count === 0 ? 'never before' : `${counted(count, 'time')} before`,
      p_value: Number(Math.min(1, p).toPrecision(6)),
      baseline_n: n,
      level: 'agent',
      threshold: NEW_PROBABILITY_MAX,
    } as const;
    return {
      feature: this.name,
      text: `${this.#options.describe(value, event)}: ${seen} of this agent${saidOf(surprise)}.`,
      ...(surprisedPeers(surprise) ?? own),
      threshold_source: 'static',
    };
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

  learn(draft: Draft, event: AuditEvent, flagged: boolean): void {
    const scored = this.#scored;
    // Whatever is learnt, what was looked up before it no longer holds.
    this.#scored = undefined;
    if (flagged) return;
    const isScored = scored?.event === event && scored.draft === draft;
    const known = isScored ? scored : this.#known(draft, event);
    if (known === undefined) return;
    const { key, part, print, kept, met, count } = known;
    const since = Math.floor(epochMs(event.event_time) / DAY_MS);
    const [n, distinct, from, counts] = met ?? [0, 0, since, ''];
    if (n >= CALLS_MAX && count > 0) return;
    const next: Met = [
      Math.min(CALLS_MAX, n + 1),
      distinct + (count === 0 ? 1 : 0),
      from,
      withOneMore(counts, print, COUNTS),
    ];
    draft.put(key, withPart(kept, part, next));
  }

  #alarm(
    { event, value, met }: Known,
    what: string,
    surprise: Surprise,
  ): Pick<FacetScore, 'alarm' | 'baseline'> {
    const who = agentName(event);
    const { peers, said, isYoung, isMild } = surprise;
    const { severity, ruleId } = this.#options;
    const [n, distinct, since] = met ?? NOTHING_MET;
    const own =
      n === 0
        ? 'It was never seen before'
        : `In ${counted(n, 'earlier call')} since ${dateOf(since)} it never did; ${distinct === 1 ? 'one other was' : `${distinct} others were`} seen in that time`;
    const alarm: FacetAlarm = {
      kind: 'behavior_deviation',
      ruleId,
      severity: isMild && severity !== 'high' ? 'low' : severity,
      dedupeKey: `${this.name}|${value}`,
      title: shorten(`${who}: ${what}, for the first time`, TITLE_LENGTH_MAX),
      summary: `${who} did something new that has an effect (${event.effect}): ${what}. ${own}${saidOf(surprise)}.`,
      evidence: [],
      notVisible:
        peers === undefined
          ? ['Peers were not compared: too little is known of any group of this agent.']
          : isYoung
            ? [LEANING_NOTE]
            : [],
      taxonomy: { owasp: ['ASI02'], atlas: ['AML.T0053'] },
    };
    const isLeaning = isYoung && peers !== undefined && said !== undefined;
    return { alarm, ...(isLeaning ? { baseline: baselineOf(peers, said.agents) } : {}) };
  }

  tell(draft: Draft, event: AuditEvent): ToldFacet {
    const met = draft.get<Kept>(this.#key(event))?.[WHOLE];
    return met === undefined ? {} : { counts: eachCount(met[3], COUNTS) };
  }

  /** Not under the name of earlier versions, which kept a key for each value. */
  #key(event: AuditEvent): string {
    return agentKey(event, `met|${this.name}`);
  }

  /** Undefined where the event has nothing to judge. */
  #known(draft: Draft, event: AuditEvent): Known | undefined {
    const value = this.#options.valueOf(event);
    if (value === undefined) return undefined;
    const within = this.#options.within?.(event);
    const key = this.#key(event);
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
