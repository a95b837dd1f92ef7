/** What is kept of a chain beside its steps, in one record each. */
import type { Assurance, PrivilegeLink, PrivilegeStep } from '@waywarden/schemas';

/** Calls that were kept and given up, calls of agents that found no room, links to or from others. */
export type LostKind = 'calls' | 'agents' | 'links';

export interface Loss {
  readonly kind: LostKind;
  /** Empty: agents beyond those that are named. */
  readonly agent: string;
  readonly count: number;
  readonly since: string;
  readonly symbols: readonly string[];
}

export interface Opener {
  readonly agent: string;
  readonly assurance: Assurance;
}

export interface ChainName {
  readonly tenant: string;
  readonly chain: string;
}

/** Steps and agents, and what was lost to a bound. */
interface ChainCounts {
  readonly next: number;
  /** Steps below this number stand in the tables. */
  readonly indexed: number;
  readonly live: number;
  readonly agents: number;
  /** Steps lost to a bound while they could still take part: the chain is not evaluable. */
  readonly evicted: number;
  readonly agentsRefused: number;
  readonly workExceeded: number;
  /** Values whose table was cut at its bound. */
  readonly hubs: number;
  readonly lost?: readonly Loss[];
}

/** By its events, and how long it is stored. */
interface ChainTimes {
  readonly firstMs?: number;
  readonly lastMs: number;
  readonly lastTime: string;
  /** How long after its last event the chain is kept: the widest of its policies. */
  readonly horizonMs: number;
  /** How long it is kept for what may be used days later (a secret, a counterparty); absent: nothing may. */
  readonly lineageMs?: number;
  /** It is past its own horizon, and kept for that alone: for what it brought, or for its principals. */
  readonly isPast?: boolean;
  readonly isForPrincipal?: boolean;
}

/** What other chains brought into it. */
interface ChainImports {
  /** The same as `symbols` by calls of other chains that lead into this one. */
  readonly imported?: Readonly<Record<string, true>>;
  readonly leads?: number;
  readonly linksRefused?: number;
  readonly requests?: number;
  readonly requestsRefused?: number;
}

/** What it still has to ask. */
interface ChainAsking {
  /** The combination that lacks only its last step (`gap-gauge.ts`). */
  readonly gapOf?: string | undefined;
  /** It has set itself down to be asked, for what others told it; and how often it has. */
  readonly isToAsk?: boolean;
  readonly asks?: number;
  readonly unseen?: 'cut' | 'reported';
  /** Values about which its conclusions have asked whether they are common. */
  readonly asked?: readonly string[];
}

export interface ChainMeta extends ChainName, ChainCounts, ChainTimes, ChainImports, ChainAsking {
  readonly principals?: readonly string[];
  readonly opener?: Opener;
  readonly versions: readonly string[];
  /** Exercised (or `attempted:`) by live steps: the cheapest way to rule a combination out. */
  readonly symbols: Readonly<Record<string, true>>;
  readonly heads: readonly string[];
  /** Whom its calls gave access; null: too many to name. */
  readonly grantees: readonly string[] | null;
}

export function newMeta({ tenant, chain }: ChainName, opener: Opener): ChainMeta {
  return {
    ...{ tenant, chain, opener, next: 0, indexed: 0, live: 0, agents: 0, evicted: 0, hubs: 0 },
    ...{ agentsRefused: 0, workExceeded: 0, horizonMs: 0, lastTime: '' },
    lastMs: Number.MIN_SAFE_INTEGER,
    ...{ versions: [], symbols: {}, heads: [], grantees: [] },
  };
}

/** With a record at this time: it keeps the chain open. */
export function withTime(
  meta: ChainMeta,
  { ms, wire }: { readonly ms: number; readonly wire: PrivilegeStep },
  horizonMs: number,
): ChainMeta {
  return {
    ...meta,
    horizonMs: Math.max(meta.horizonMs, horizonMs),
    ...(ms > meta.lastMs ? { lastMs: ms, lastTime: wire.event_time } : {}),
  };
}

export interface Lead {
  readonly link: PrivilegeLink;
  /** Of the summary that was sent; null: none was. */
  readonly reportedMark: string | null;
  readonly times: number;
}
