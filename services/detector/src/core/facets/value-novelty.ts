/**
 * Novelty of one categorical value per agent: the predictive probability of what the agent just
 * did, from its own history with back-off to a shipped prior.
 *
 * Witten–Bell: after n observations of k distinct values, the next is a new one with probability
 * k / (n + k); a known value v has c(v) / (n + k). (Witten & Bell, IEEE Trans. Inf. Theory 37(4),
 * 1991, method C.) It says by itself that an agent which is always at something new is not
 * surprising when it is again, where a yes/no set would alarm for ever. The shipped prior spreads
 * the new mass over effects: reads are common, grants rare.
 */
import type { AlertReason, AuditEvent, Effect, RegistryAgent, Severity } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { isDeclared } from '../governance/declared-tool.ts';
import { shorten, shortName } from '../short-text.ts';
import type { Facet, FacetAlarm, FacetScore } from './facet.ts';

/** Calls before an agent's history may raise an alarm: cold start abstains. */
export const SETTLED_CALLS_MIN = 50;
/** The alarm needs a probability of anything new at or below this. */
export const NEW_PROBABILITY_MAX = 0.02;
/** Values remembered per agent and facet; further ones are neither learnt nor alarmed on. */
export const VALUES_PER_AGENT_MAX = 5000;

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

interface Totals {
  readonly n: number;
  readonly distinct: number;
  readonly since: string;
}

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
  readonly totalsKey: string;
  readonly valueKey: string;
  readonly totals: Totals | undefined;
  readonly count: number;
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
    const value = this.#options.valueOf(event);
    if (value === undefined) return null;
    const known = this.#lookUp(draft, event, value);
    this.#scored = known;
    const { totals, count } = known;
    if (totals === undefined) return null;
    const { n, distinct } = totals;
    const newMass = distinct / (n + distinct);
    const p = count > 0 ? count / (n + distinct) : newMass * EFFECT_PRIOR[event.effect];
    const surprising =
      count === 0 &&
      n >= SETTLED_CALLS_MIN &&
      newMass <= NEW_PROBABILITY_MAX &&
      distinct < VALUES_PER_AGENT_MAX &&
      this.#deserves(value, event, registered) &&
      event.outcome !== 'denied';
    const { name } = this;
    const { describe } = this.#options;
    return {
      facet: name,
      points: Math.max(0, -Math.log2(Math.max(p, 1e-12))),
      weight: this.#options.weight,
      // In words only when someone reads them: most calls raise nothing.
      get reasons() {
        const reason: AlertReason = {
          feature: name,
          text: `${describe(value, event)}: seen in ${count} of ${n} earlier calls of this agent.`,
          expected: `a new one in about ${(newMass * 100).toFixed(1)} % of calls`,
          observed: count === 0 ? 'never before' : `${count} times before`,
          p_value: Number(Math.min(1, p).toPrecision(6)),
          baseline_n: n,
          level: 'agent',
          threshold: NEW_PROBABILITY_MAX,
          threshold_source: 'static',
        };
        return [reason];
      },
      ...(surprising ? { alarm: this.#alarm(event, value, describe(value, event), totals) } : {}),
    };
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
    const value = this.#options.valueOf(event);
    if (value === undefined || flagged) return;
    const isScored = scored?.event === event && scored.draft === draft;
    const known = isScored ? scored : this.#lookUp(draft, event, value);
    const { totalsKey, valueKey, count } = known;
    const totals = known.totals ?? { n: 0, distinct: 0, since: event.event_time };
    if (count === 0 && totals.distinct >= VALUES_PER_AGENT_MAX) return;
    draft.put(valueKey, count + 1);
    draft.put(totalsKey, {
      n: totals.n + 1,
      distinct: totals.distinct + (count === 0 ? 1 : 0),
      since: totals.since,
    });
  }

  #alarm(event: AuditEvent, value: string, what: string, totals: Totals): FacetAlarm {
    const who = agentName(event);
    return {
      kind: 'behavior_deviation',
      ruleId: this.#options.ruleId,
      severity: this.#options.severity,
      dedupeKey: `${this.name}|${value}`,
      title: shorten(`${who}: ${what}, for the first time`, TITLE_LENGTH_MAX),
      summary:
        `${who} did something new that has an effect (${event.effect}): ${what}. ` +
        `In ${totals.n} earlier calls since ${totals.since.slice(0, 10)} it never did; ` +
        `${totals.distinct} different ones were seen in that time.`,
      evidence: [],
      notVisible: ['Peer groups are not compared yet: only this agent’s own history was.'],
      taxonomy: { owasp: ['ASI02'], atlas: ['AML.T0053'] },
    };
  }

  #lookUp(draft: Draft, event: AuditEvent, value: string): Known {
    const within = this.#options.within?.(event);
    const own = `novelty|${this.name}|${event.tenant_id}|${event.agent.uid}`;
    const totalsKey = within === undefined ? own : `${own}|${within}`;
    const valueKey = `${totalsKey}|${value}`;
    const totals = draft.get<Totals>(totalsKey);
    const count = totals === undefined ? 0 : (draft.get<number>(valueKey) ?? 0);
    return { draft, event, totalsKey, valueKey, totals, count };
  }
}

export function valueNovelty(options: NoveltyOptions): Facet {
  return new ValueNovelty(options);
}
