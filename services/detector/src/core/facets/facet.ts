/**
 * A facet: one question that the profile stage asks of a call ("has this agent used this tool?").
 *
 * `score` reads and never writes; `learn` writes and never scores: a call is scored against what was
 * known before it, and a flagged call is not learnt (river's learn/score split). A facet declares
 * what its alarm is called and how bad it is; nothing outside a facet branches on its name.
 */
import type {
  Alert,
  AlertReason,
  Assurance,
  AuditEvent,
  ConfidenceBasis,
  RegistryAgent,
  Severity,
} from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import type { HighDay } from '../profile/high-days.ts';
import type { DayMaxima } from '../volume/block-maxima.ts';
import type { DayModel } from '../volume/day-score.ts';

/**
 * Whether a further piece of work becomes the alert's subject, so that who answers acts on that one too: at once from
 * `high` on, below when the alert is told anew (`true`); at once, however grave (`work`). Or each further credential
 * does so at once, and not each work that is done with it (`token`). What would be an alert for each of them, were it
 * not so of all, is one by these two, and no answer is lost by it (`../profile/merge-alert.ts`).
 */
export type Renewal = boolean | 'work' | 'token';

/** What an alarm is about, whatever the day, and how much of it there is; 0 where it is no amount. */
export type Same = readonly (readonly [what: string, amount: number])[];

/** Of what there is too much, or that something is new. */
export type Alike = 'calls' | 'tokens' | 'denials' | 'data' | 'new';

export interface FacetAlarm {
  readonly kind: string;
  readonly ruleId: string;
  readonly severity: Severity;
  /** Alerts of one agent with the same key are one alert with a count. */
  readonly dedupeKey: string;
  readonly title: string;
  readonly summary: string;
  /** Event ids beside the call itself on which the alarm rests, with their roles. */
  readonly evidence: readonly {
    readonly eventId: string;
    /** Where it is known still: what is remembered of an earlier call may be its id alone. */
    readonly nativeId?: string;
    readonly role: string;
    readonly assurance: Assurance;
  }[];
  /** Of all the events that decide, by which source they came; left out where one is not known, or they are a history. */
  readonly sources?: readonly string[];
  readonly notVisible: readonly string[];
  /** Where what was obeyed came from, the most specific first. */
  readonly origins?: NonNullable<Alert['origins']>;
  /**
   * Which text was obeyed, and which values it gave to the call: another text or value is told as an alert of its own
   * (`../profile/told-texts.ts`).
   */
  readonly obeyed?: { readonly text: string; readonly values: readonly string[] };
  /** How far the claim is proven that decides beside identity and task; absent: there is none. */
  readonly restsOn?: Assurance;
  /** Listed for reviews, not queued. */
  readonly posture?: boolean;
  /** New of the agent and can't be undone: no other alert's noise takes its place (`../profile/alert-budget.ts`). */
  readonly isLasting?: boolean;
  /**
   * The call proves it by itself: what was not heard of the agent makes it no weaker. Left out: it rests on what
   * was heard before, and is not evaluable where that has a gap (`../profile/unheard.ts`).
   */
  readonly isSelfContained?: boolean;
  /** How sure it is where its reasons have no p-value; left out: as sure as a history without one. */
  readonly basis?: ConfidenceBasis;
  /** What rules tell of that tell of one thing; left out: the rule by itself (`../profile/likeness.ts`). */
  readonly alike?: Alike;
  /** How many times the usual was observed, of what is too much. */
  readonly times?: number;
  /** The root cause that several alerts share, which makes them one incident; left out: its own. */
  readonly causeKey?: string;
  /** A further call may change what is told, not only how often; false: it stands as told, whoever leads it. */
  readonly retells?: boolean;
  /** How much was observed: what is twice of what was told is told anew. */
  readonly amount?: number;
  /** What people judge with its alert (`../profile/found.ts`); left out: its key and amount. */
  readonly same?: Same;
  /** Of a part of the agent, a tool for example: amounts of another day may be of another one. */
  readonly isOfPart?: boolean;
  /** Of what is too much at once: what was observed, told with what else is too much (`../profile/one-burst.ts`). */
  readonly much?: string;
  /** The day of which it is, of what may go on for days in one alert: another day is told anew, with its work as subject. */
  readonly day?: number;
  /** It stays as it was told, day after day: further work is told a week after, as that of the same work is. */
  readonly isStanding?: boolean;
  /** It is the sum of a day, of which a burst of minutes may be most (`../profile/one-burst.ts`). */
  readonly isOfDay?: true;
  readonly renews?: Renewal;
  readonly taxonomy: {
    readonly owasp?: string[];
    readonly atlas?: string[];
    readonly attack?: string[];
    readonly nist?: string[];
  };
}

/** How probable it is that a day of this agent brings as much, and how high the day scores. */
export interface DayOdds {
  readonly probability: number;
  readonly score: number;
  /** The probability against the agent's first days, where these are kept. */
  readonly anchored?: number;
  /** Where a slow rise is looked for: what it comes to so far, and the days before. */
  readonly high?: HighDay;
  /** What both were held against: asked of what was told for a month (`../profile/told-level.ts`). */
  readonly days?: DayMaxima;
  readonly model?: DayModel;
}

export interface FacetScore {
  readonly facet: string;
  /** Non-negative; higher is more deviant; in the units of the facet. */
  readonly points: number;
  /** How much these points count in the one score of the call. */
  readonly weight: number;
  readonly reasons: readonly AlertReason[];
  readonly day?: DayOdds | undefined;
  readonly alarm?: FacetAlarm | undefined;
  /** Of an alarm that leans on peers: on which, in which version. */
  readonly baseline?: Alert['baseline'] | undefined;
  /** Not bad enough for an alarm, too odd to become normal. */
  readonly doubtful?: boolean | undefined;
}

/** What an agent's peers are told of what a facet has learnt of it. */
export interface ToldFacet {
  /** By value, how often; a value is a fingerprint or a number. */
  readonly counts?: readonly (readonly [value: string, count: number])[];
  /** The largest of each finished day, as `../volume/block-maxima.ts` keeps them. */
  readonly maxima?: readonly number[];
}

/** A score without its words; what few have beside it stands apart, so that all are of one shape. */
interface UnwordedScore extends Pick<FacetScore, 'facet' | 'points' | 'weight'> {
  readonly more?: Pick<FacetScore, 'day' | 'alarm' | 'doubtful' | 'baseline'> | undefined;
}

/**
 * A score that is put in words when someone reads them: most calls raise nothing. A class, because an
 * accessor in a literal is defined anew for each object, which takes twenty times as long; with all of its fields
 * always, because whoever reads seven scores of three shapes looks each field up by its name.
 */
export class WordedScore implements FacetScore {
  readonly facet: string;
  readonly points: number;
  readonly weight: number;
  readonly day: FacetScore['day'];
  readonly alarm: FacetScore['alarm'];
  readonly doubtful: FacetScore['doubtful'];
  readonly baseline: FacetScore['baseline'];
  readonly #reasons: () => readonly AlertReason[];
  #worded: readonly AlertReason[] | undefined;

  constructor(
    { facet, points, weight, more }: UnwordedScore,
    reasons: () => readonly AlertReason[],
  ) {
    this.facet = facet;
    this.points = points;
    this.weight = weight;
    this.day = more?.day;
    this.alarm = more?.alarm;
    this.doubtful = more?.doubtful;
    this.baseline = more?.baseline;
    this.#reasons = reasons;
  }

  get reasons(): readonly AlertReason[] {
    this.#worded ??= this.#reasons();
    return this.#worded;
  }
}

/**
 * How probable it is that what is harmless brings something as odd: a p-value, which on days or calls that may be
 * exchanged for each other lies at or below 1 % in one of a hundred. `evaluate calibration` holds it against what comes.
 */
export interface Chance {
  /** The facet, or what of it has a probability of its own. */
  readonly feature: string;
  readonly probability: number;
  /** Of what it is the probability: of the next call that has something to judge, or of a day, at least so far. */
  readonly per: 'call' | 'day';
}

export interface Facet {
  readonly name: string;
  /** Names that its scores bear where these are not its own. */
  readonly parts?: readonly string[];
  /** Of which activities it is asked; left out: of the acts of an agent (`../profile/score-call.ts`). */
  readonly activities?: ReadonlySet<string>;
  /**
   * It counts, or asks when, and doubt about what a call is for says nothing of how many there are, nor of the hour.
   * Leaving doubtful calls out of what is learnt and not out of what is judged made two days in five look odd.
   */
  readonly learnsDoubtful?: true;
  /** It asks only when: of what may be another's work it learns once that was told long enough (`standing-findings.ts`). */
  readonly isOfTime?: true;
  /** It orders calls and never alarms. */
  readonly ranksOnly?: true;
  /**
   * Null when the facet abstains: it has nothing to say of this call, or too little history.
   * `registered`: the agent's entry, where it has one: what people declared is no surprise.
   */
  score(draft: Draft, event: AuditEvent, registered?: RegistryAgent): FacetScore | null;
  /** `flagged`: this call is doubtful, it or its chain alarmed, so it must not become normal. */
  learn(draft: Draft, event: AuditEvent, flagged: boolean): void;
  /**
   * In place of `learn`, of a call that is doubted and on which nothing alarmed; left out: as if flagged. What
   * is doubted is which values it has, so what kind of call it is may settle.
   */
  learnDoubtful?(draft: Draft, event: AuditEvent): void;
  /**
   * In place of `learn`, of a call in which nothing is odd and that only lacked a decision, which does not stand yet
   * (`../profile/standing-findings.ts`); left out: as if flagged, unless it learns what is doubtful.
   */
  learnUnpermitted?(draft: Draft, event: AuditEvent): void;
  /**
   * What the facet claims of this call and its day, against what was known before it; none while it knows too little.
   * Left out where the score says it (`day`, or the p-value of its reason). Not asked while events flow.
   */
  chances?(draft: Draft, event: AuditEvent): readonly Chance[];
  /**
   * Learns what alarmed and was kept apart, of what people found harmless: up to how much, by what it is about; of
   * the rest undefined. Left out: nothing is kept apart.
   */
  release?(
    draft: Draft,
    whose: Pick<AuditEvent, 'tenant_id'> & { readonly agent: { readonly uid: string } },
    upTo: (what: string) => number | undefined,
  ): void;
  /** What is known of the agent of this event, before it, up to the days before its own; nothing is written. */
  tell?(draft: Draft, event: AuditEvent): ToldFacet;
}
