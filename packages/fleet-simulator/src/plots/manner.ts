/**
 * In which manner a scheme is played: what carries, how far apart, by whom, with what in the way.
 * A manner is `quiet` when the specification then has no alert.
 */
import { HOUR, MINUTE } from '../calendar.ts';
import type { CallPlan } from '../call-plan.ts';
import type { Random } from '../random.ts';
import type { Role } from '../roles.ts';
import type { Sort } from './carried.ts';

/** What of the envelope that an owner approved is left. */
type Approved =
  | 'inside'
  | 'destination'
  | 'environment'
  | 'sensitivity'
  | 'role'
  | 'volume'
  | 'expiry'
  | 'trusted_payee'
  | 'untrusted_payee';

export interface Manner {
  readonly quiet?: true;
  /** Quiet only where the claims are proven: workflow, approval, principals. */
  readonly ifProven?: true;
  /** Played only where ids are asserted, or only where they are proven. */
  readonly only?: 'asserted' | 'proven';
  /** Milliseconds between steps; left out: beyond any clock's skew. */
  readonly pause?: number;
  /** Whole days between steps, from and to; each step in a task of its own. */
  readonly days?: readonly [number, number];
  /** Sorts of what carries. */
  readonly sorts?: readonly Sort[];
  /** One value stands in all steps. */
  readonly same?: true;
  /** No value is handed from step to step; or only from the first, only to the last. */
  readonly bare?: true | 'after_first' | 'before_last';
  /** Agents between the first step and the second, each taking one value and giving another. */
  readonly relays?: number;
  /** What the relays do is never told. */
  readonly relayLost?: true;
  /** So many relays side by side, each giving the same; so many calls of step `n` alike. */
  readonly parallel?: number;
  readonly doubled?: 0 | 1;
  /** Each step is done in a task of its own. */
  readonly apart?: true;
  /** The tasks are of one conversation; of one trace. */
  readonly conversation?: true;
  readonly trace?: true;
  /** Steps are handed over instead of values. */
  readonly handed?: true;
  /** All steps by the agent that may do everything; or the last; or only a harmless call. */
  readonly generalist?: 'all' | 'all_but_last' | 'last' | 'bystander';
  /** Unrelated chains between the first step and the second; whether the value is in them. */
  readonly crowd?: { readonly size: number; readonly holds: boolean };
  readonly hub?: true;
  /** In the workflow whose owner approved it, and what of it is outside the envelope. */
  readonly approved?: Approved;
  readonly rewrite?: true;
  /** Told in reverse order; told twice. */
  readonly delivery?: 'reversed' | 'twice';
  /** The later step's clock is slow by more than the pause. */
  readonly skew?: true;
  /** What the last call does otherwise, and what the first. */
  readonly last?: CallPlan;
  readonly first?: CallPlan;
  /** A person looked at the last call. */
  readonly byPerson?: true;
  /** A principal of its own for each step. */
  readonly principals?: true;
  /** Who hands the work to each step's agent. */
  readonly orchestrator?: Role;
  /** Whose record is read, and to whom it is sent. */
  readonly subject?: 'own' | 'another';
  /** Played in this workflow instead of anywhere. */
  readonly workflow?: string;
  readonly monthEnd?: true;
  /** What leaves is cut in two halves, sent one after the other. */
  readonly halves?: true;
  /** For schemes that are tied (`tie.ts`). */
  readonly tie?: 'broken' | 'own_key' | 'other_tool' | 'same_tool';
}

const quiet = (manner: Manner = {}): Manner => ({ ...manner, quiet: true });
const quietIfProven = (manner: Manner): Manner => ({ ...manner, quiet: true, ifProven: true });
const relayed = (relays: number): Manner => ({ relays });
/** More chains than `links.chains_max` of the shipped policy: a value seen in all is common. */
export const CROWD = 12;
const SWARM = 500;
const LINEAGE: readonly Sort[] = ['email', 'iban', 'secret'];
const NO_LINEAGE: readonly Sort[] = ['paper', 'link'];

export const MANNERS = {
  direct: {},
  relayed_1: relayed(1),
  relayed_2: relayed(2),
  relayed_3: relayed(3),
  relayed_4: relayed(4),
  relayed_5: relayed(5),
  two_sources: { doubled: 0 },
  two_middles: { doubled: 1 },
  two_relays: { relays: 1, parallel: 2 },
  split_sessions: { apart: true },
  slow: { pause: 7 * HOUR },
  slow_days: { apart: true, days: [3, 5], sorts: LINEAGE, same: true },
  delegated: { bare: true, handed: true },
  one_agent: { generalist: 'all' },
  grant_holder: { generalist: 'last' },
  bystander: { generalist: 'bystander' },
  rewritten: { rewrite: true },
  skewed: { skew: true, pause: 40_000 },
  reordered: { delivery: 'reversed', pause: 6 * MINUTE },
  duplicated: { delivery: 'twice' },
  timed_out: { last: { outcome: 'unknown' } },
  swarm: { crowd: { size: SWARM, holds: false }, pause: 5 * HOUR },
  split_secret: { generalist: 'all', halves: true },
  orchestrated: { principals: true, orchestrator: 'generalist' },
  others_subject: { subject: 'another' },
  other_tool: { tie: 'other_tool' },
  /** A hijacked agent invents a task for each call. */
  invented_tasks: { only: 'asserted', apart: true, trace: true },
  outside_destination: { approved: 'destination' },
  outside_environment: { approved: 'environment' },
  outside_sensitivity: { approved: 'sensitivity' },
  outside_role: { approved: 'role' },
  outside_volume: { approved: 'volume' },
  outside_expiry: { approved: 'expiry' },
  outside_provenance: { approved: 'untrusted_payee', sorts: ['iban'], same: true },
  no_link: quiet({ bare: true, tie: 'broken' }),
  first_link_only: quiet({ bare: 'after_first' }),
  last_link_only: quiet({ bare: 'before_last' }),
  near_in_time: quiet({ bare: true, apart: true, pause: 3_000, tie: 'broken' }),
  last_denied: quiet({ last: { outcome: 'denied' } }),
  dry_run: quiet({ last: { features: { dry_run: true } } }),
  popular_value: quiet({ crowd: { size: CROWD, holds: true }, pause: 2 * HOUR }),
  swarm_popular: quiet({ crowd: { size: SWARM, holds: true }, pause: 5 * HOUR }),
  // A conversation joins tasks that are only asserted.
  two_tasks: quiet({
    only: 'proven',
    bare: true,
    apart: true,
    conversation: true,
    generalist: 'all',
  }),
  hub_resource: quiet({ bare: true, hub: true }),
  too_late: quiet({ pause: 26 * HOUR, sorts: NO_LINEAGE }),
  days_unrelated: quiet({ bare: true, apart: true, days: [3, 5], tie: 'broken' }),
  days_paper: quiet({ apart: true, days: [3, 5], sorts: NO_LINEAGE }),
  days_beyond: quiet({ apart: true, days: [9, 10], sorts: LINEAGE, same: true }),
  too_far: quiet(relayed(6)),
  relay_lost: quiet({ relays: 1, relayLost: true }),
  held_only: quiet({ generalist: 'all_but_last' }),
  month_end: quiet({ bare: true, apart: true, monthEnd: true }),
  approved: quietIfProven({ approved: 'inside' }),
  not_yet_expired: quietIfProven({ approved: 'inside' }),
  inside_provenance: quietIfProven({
    approved: 'trusted_payee',
    sorts: ['iban'],
    same: true,
  }),
  own_subject: quiet({ subject: 'own' }),
  independent: quietIfProven({ principals: true }),
  approved_by_human: quietIfProven({ byPerson: true }),
  declared_handoff: quietIfProven({ workflow: 'customer-support' }),
  small_read: quiet({ first: { features: { records: 3 } } }),
  own_key: quiet({ tie: 'own_key' }),
  same_tool: quiet({ tie: 'same_tool' }),
} as const satisfies Readonly<Record<string, Manner>>;

export type Mode = keyof typeof MANNERS;
export const mannerOf = (mode: Mode): Manner => MANNERS[mode];

/** Between two steps: beyond any clock's skew, as long as a person takes to answer. */
export const pauseOf = ({ pause }: Manner, random: Random): number =>
  pause ?? random.int(4 * MINUTE, 14 * MINUTE);

/** How the call of step `n` of `count` is told: in its turn, in reverse order, or twice. */
export function reportedAs({ delivery }: Manner, n: number, count: number): CallPlan {
  if (delivery === 'twice') return { again: 3 * MINUTE };
  return delivery === 'reversed' ? { late: (count - 1 - n) * 9 * MINUTE } : {};
}
