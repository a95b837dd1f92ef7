/**
 * In which manner a scheme is played: what carries, how far apart, by whom, with what in the way.
 * A manner is `quiet` when the specification then has no alert.
 */
import { HOUR, MINUTE } from '../calendar.ts';
import type { CallPlan } from '../call-plan.ts';
import type { Role } from '../roles.ts';

export interface Manner {
  readonly quiet?: true;
  /** Quiet only where the claims are proven: workflow, approval, principals. */
  readonly ifProven?: true;
  /** Played only where ids are asserted, or only where they are proven. */
  readonly only?: 'asserted' | 'proven';
  /** Milliseconds between steps; left out: beyond any clock's skew. */
  readonly pause?: number;
  /** No value is handed from step to step. */
  readonly bare?: true;
  /** Agents between the first step and the second, each taking one value and giving another. */
  readonly relays?: number;
  /** What the relays do is never told. */
  readonly relayLost?: true;
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
  /** The workflow whose owner approved it, and what of it is outside the envelope. */
  readonly approved?: 'inside' | 'destination' | 'environment' | 'sensitivity' | 'role';
  readonly rewrite?: true;
  /** Told in reverse order; told twice. */
  readonly delivery?: 'reversed' | 'twice';
  /** The later step's clock is slow by more than the pause. */
  readonly skew?: true;
  /** What the last call does otherwise; a step with this index, for one of the others. */
  readonly last?: CallPlan;
  readonly second?: CallPlan;
  readonly first?: CallPlan;
  /** A principal of its own for each step. */
  readonly principals?: true;
  /** Who hands the work to each step's agent. */
  readonly orchestrator?: Role;
  /** Whose record is read, and to whom it is sent. */
  readonly subject?: 'own' | 'another';
  /** Played in this workflow instead of the scheme's. */
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
const BY_PERSON: CallPlan = { approvedBy: 'owner-of-agents@acme.example' };
/** More chains than `links.chains_max` of the shipped policy: a value seen in all is common. */
const CROWD = 12;
const SWARM = 500;

export const MANNERS = {
  direct: {},
  relayed_1: relayed(1),
  relayed_2: relayed(2),
  relayed_3: relayed(3),
  relayed_4: relayed(4),
  relayed_5: relayed(5),
  split_sessions: { apart: true },
  slow: { pause: 7 * HOUR },
  delegated: { bare: true, handed: true },
  one_agent: { generalist: 'all' },
  grant_holder: { generalist: 'last' },
  bystander: { generalist: 'bystander' },
  rewritten: { rewrite: true },
  skewed: { skew: true, pause: 40_000 },
  reordered: { delivery: 'reversed' },
  duplicated: { delivery: 'twice' },
  timed_out: { last: { outcome: 'unknown' } },
  swarm: { crowd: { size: SWARM, holds: false } },
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
  no_link: quiet({ bare: true, tie: 'broken' }),
  near_in_time: quiet({ bare: true, apart: true, pause: 3_000, tie: 'broken' }),
  last_denied: quiet({ last: { outcome: 'denied' } }),
  dry_run: quiet({ last: { features: { dry_run: true } } }),
  popular_value: quiet({ crowd: { size: CROWD, holds: true } }),
  swarm_popular: quiet({ crowd: { size: SWARM, holds: true } }),
  // A conversation joins tasks that are only asserted.
  two_tasks: quiet({
    only: 'proven',
    bare: true,
    apart: true,
    conversation: true,
    generalist: 'all',
  }),
  hub_resource: quiet({ bare: true, hub: true }),
  too_late: quiet({ pause: 26 * HOUR }),
  too_far: quiet(relayed(6)),
  relay_lost: quiet({ relays: 1, relayLost: true }),
  held_only: quiet({ generalist: 'all_but_last' }),
  month_end: quiet({ bare: true, apart: true, monthEnd: true }),
  approved: quietIfProven({ approved: 'inside' }),
  own_subject: quiet({ subject: 'own' }),
  independent: quietIfProven({ principals: true }),
  approved_by_human: quietIfProven({ last: BY_PERSON }),
  declared_handoff: quietIfProven({ workflow: 'customer-support' }),
  small_read: quiet({ first: { features: { records: 3 } } }),
  own_key: quiet({ tie: 'own_key' }),
  same_tool: quiet({ tie: 'same_tool' }),
} as const satisfies Readonly<Record<string, Manner>>;

export type Mode = keyof typeof MANNERS;
export const mannerOf = (mode: Mode): Manner => MANNERS[mode];

/** Between two steps: beyond any clock's skew. */
const PAUSE = 6 * MINUTE;
export const pauseOf = ({ pause = PAUSE }: Manner): number => pause;

/** How the call of step `n` of `count` is told: in its turn, in reverse order, or twice. */
export function toldAs({ delivery }: Manner, n: number, count: number): CallPlan {
  if (delivery === 'twice') return { again: 3 * MINUTE };
  return delivery === 'reversed' ? { late: (count - 1 - n) * 9 * MINUTE } : {};
}
