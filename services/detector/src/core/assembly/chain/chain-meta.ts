/** What is kept of a chain beside its steps, in one record each. */
import type { Assurance, PrivilegeLink } from '@waywarden/schemas';

/** Calls that were kept and given up, calls of agents that found no room, links to or from others. */
export type LostKind = 'calls' | 'agents' | 'links';

export interface Loss {
  readonly kind: LostKind;
  /** Empty: agents beyond those that are named. */
  readonly agent: string;
  readonly count: number;
  /** Event time of the earliest. */
  readonly since: string;
  /** What they could do, the first few; absent where that is not known. */
  readonly symbols: readonly string[];
}

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
  /** Steps below this number stand in the tables. With 0, no combination was possible yet, or `isPossible` says so. */
  readonly indexed?: number | undefined;
  readonly live: number;
  readonly agents: number;
  /** Steps lost to a bound while they could still take part: the chain is not evaluable. */
  readonly evicted: number;
  readonly agentsRefused: number;
  readonly workExceeded: number;
  /** Values whose table was cut at its bound. */
  readonly hubs: number;
  /** Event time of the earliest step that was kept. */
  readonly firstMs?: number | undefined;
  readonly lastMs: number;
  readonly lastTime: string;
  /** How long after its last event the chain is kept: the widest of its policies. */
  readonly horizonMs: number;
  /** How long it is kept for what may be used days later (a secret, a counterparty); absent: nothing may. */
  readonly lineageMs?: number | undefined;
  /** Proven principals for whom its calls brought something that may be used days later, as they are followed. */
  readonly principals?: readonly string[] | undefined;
  /** It is past its own horizon, and kept for that alone: for what it brought, or for its principals. */
  readonly isPast?: boolean | undefined;
  readonly isForPrincipal?: boolean | undefined;
  /** Whose record opened it. */
  readonly opener?: Opener | undefined;
  /** Policy versions that its steps carry. */
  readonly versions: readonly string[];
  /** Exercised (or `attempted:`) by live steps: the cheapest way to rule a combination out. */
  readonly symbols: Readonly<Record<string, true>>;
  /** Combinations with an alert or completions. */
  readonly heads: readonly string[];
  /** The same by calls of other chains that lead into this one; absent: none. */
  readonly imported?: Readonly<Record<string, true>> | undefined;
  /** Links that lead from this chain to others; absent: none. */
  readonly leads?: number | undefined;
  /** Links and leads that found no room. */
  readonly linksRefused?: number | undefined;
  /** What was lost to bounds, by agent; absent: nothing. */
  readonly lost?: readonly Loss[] | undefined;
  /** Calls that were asked for and have not ended, or were denied; absent: none. */
  readonly requests?: number | undefined;
  /** Requests that found no room. */
  readonly requestsRefused?: number | undefined;
  /** Every step of some combination was done, and none that could complete it since; absent: not so. */
  readonly isPossible?: boolean | undefined;
  /** Some combination lacks only its last step (`gap-gauge.ts`); false: one that nothing joins yet does. */
  readonly isAtGap?: boolean | undefined;
  /** Which one; absent: none. */
  readonly gapOf?: string | undefined;
  /** No call told who may go on from it (`gap-gauge.ts`); absent: one did. */
  readonly isUnheld?: boolean | undefined;
  /** Whom its calls gave access; null: too many to name. */
  readonly grantees?: readonly string[] | null | undefined;
  /** It has set itself down to be asked, for what others told it; absent or false: nothing waits. */
  readonly isToAsk?: boolean | undefined;
  /** How often it has. */
  readonly asks?: number | undefined;
  /** Values that matter were not kept, or that was told (`unseen-alert.ts`); absent: neither. */
  readonly unseen?: 'cut' | 'told' | undefined;
  /** Values about which its conclusions have asked whether they are common; absent: none. */
  readonly asked?: readonly string[] | undefined;
}

/** No field may be left out where all are copied. */
type WholeMeta = { readonly [K in keyof ChainMeta]-?: ChainMeta[K] | undefined };

/**
 * The same in an object of its own. Every field is written out, there or not, so that all have one shape:
 * spreading objects of many shapes took a third of what a step costs.
 */
export function copyOfMeta(meta: ChainMeta): ChainMeta {
  return {
    tenant: meta.tenant,
    chain: meta.chain,
    next: meta.next,
    indexed: meta.indexed,
    live: meta.live,
    agents: meta.agents,
    evicted: meta.evicted,
    agentsRefused: meta.agentsRefused,
    workExceeded: meta.workExceeded,
    hubs: meta.hubs,
    firstMs: meta.firstMs,
    lastMs: meta.lastMs,
    lastTime: meta.lastTime,
    horizonMs: meta.horizonMs,
    lineageMs: meta.lineageMs,
    principals: meta.principals,
    isPast: meta.isPast,
    isForPrincipal: meta.isForPrincipal,
    opener: meta.opener,
    versions: meta.versions,
    symbols: meta.symbols,
    heads: meta.heads,
    imported: meta.imported,
    leads: meta.leads,
    linksRefused: meta.linksRefused,
    lost: meta.lost,
    requests: meta.requests,
    requestsRefused: meta.requestsRefused,
    isPossible: meta.isPossible,
    isAtGap: meta.isAtGap,
    gapOf: meta.gapOf,
    isUnheld: meta.isUnheld,
    grantees: meta.grantees,
    isToAsk: meta.isToAsk,
    asks: meta.asks,
    unseen: meta.unseen,
    asked: meta.asked,
  } satisfies WholeMeta;
}

/** A link that leads from a call of this chain to another, and what was last told of it. */
export interface Lead {
  readonly link: PrivilegeLink;
  /** Of the summary that was sent; null: none was. */
  readonly told: string | null;
  /** How often it was told. */
  readonly times: number;
}
