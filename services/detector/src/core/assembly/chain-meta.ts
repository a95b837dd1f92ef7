/** What is kept of a chain beside its steps, in one record each. */
import type { Assurance, PrivilegeLink } from '@waywarden/schemas';
import type { Loss } from './loss.ts';

/** Whose record opened a chain, and how far that name is believed. */
export interface Opener {
  readonly agent: string;
  readonly assurance: Assurance;
}

/** What is known of a chain without looking at its steps. */
export interface ChainMeta {
  readonly tenant: string;
  readonly chain: string;
  /** Next arrival number. */
  readonly next: number;
  /**
   * Steps below this number stand in the tables; absent in a state of before 1.2: all do. With 0, no
   * combination was possible in it yet, or `isPossible` says so.
   */
  readonly indexed?: number;
  readonly live: number;
  readonly agents: number;
  /** Steps lost to a bound while they could still take part: the chain is not evaluable. */
  readonly evicted: number;
  readonly agentsRefused: number;
  readonly workExceeded: number;
  /** Values whose table was cut at its bound. */
  readonly hubs: number;
  /** Event time of the earliest step that was kept; absent in a state of before 1.3. */
  readonly firstMs?: number;
  readonly lastMs: number;
  readonly lastTime: string;
  /** How long after its last event the chain is kept: the widest of its policies. */
  readonly horizonMs: number;
  /** How long it is kept for what may be used days later (a secret, a counterparty); absent: nothing may. */
  readonly lineageMs?: number;
  /** Proven principals for whom its calls brought something that may be used days later, as they are followed. */
  readonly principals?: readonly string[];
  /** It is past its own horizon, and kept for that alone: for what it brought, or for its principals. */
  readonly isPast?: boolean;
  readonly isForPrincipal?: boolean;
  /** Whose record opened it; absent in a state of before 1.5. */
  readonly opener?: Opener;
  /** Policy versions that its steps carry. */
  readonly versions: readonly string[];
  /** Live steps by exercised (or `attempted:`) symbol: the cheapest way to rule a combination out. */
  readonly symbols: Readonly<Record<string, number>>;
  /** Combinations with an alert or completions. */
  readonly heads: readonly string[];
  /** Calls of other chains that lead into this one, by symbol; absent: none. */
  readonly imported?: Readonly<Record<string, number>>;
  /** Links that lead from this chain to others; absent: none. */
  readonly leads?: number;
  /** Links and leads that found no room. */
  readonly linksRefused?: number;
  /** What was lost to bounds, by agent; absent: nothing. */
  readonly lost?: readonly Loss[];
  /** Calls that were asked for and have not ended, or were denied; absent: none. */
  readonly requests?: number;
  /** Requests that found no room. */
  readonly requestsRefused?: number;
  /** Every step of some combination was done, and none that could complete it since; absent: not so. */
  readonly isPossible?: boolean;
  /** Some combination lacks only its last step (`gap-gauge.ts`); false: one that nothing joins yet does. */
  readonly isAtGap?: boolean;
  /** Which one; absent in a state of before 1.19, and where none does. */
  readonly gapOf?: string;
  /** It has set itself down to be asked, for what others told it; absent or false: nothing waits. */
  readonly isToAsk?: boolean;
  /** How often it has. */
  readonly asks?: number;
  /** Values about which its conclusions have asked whether they are common; absent: none. */
  readonly asked?: readonly string[];
}

/** A link that leads from a call of this chain to another, and what was last told of it. */
export interface Lead {
  readonly link: PrivilegeLink;
  /** Of the summary that was sent; null: none was. */
  readonly told: string | null;
  /** How often it was told. */
  readonly times: number;
}
