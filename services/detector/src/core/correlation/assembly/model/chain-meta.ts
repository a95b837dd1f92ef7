import type { Assurance, PrivilegeLink, PrivilegeStep } from '@waywarden/schemas';

export type LostKind = 'calls' | 'agents' | 'links';

export interface Loss {
  readonly kind: LostKind;
  /** Empty: agents beyond those named. */
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

interface ChainCounts {
  readonly next: number;
  readonly indexed: number;
  readonly live: number;
  readonly agents: number;
  /** The chain is then not evaluable. */
  readonly evicted: number;
  readonly agentsRefused: number;
  readonly workExceeded: number;
  readonly hubs: number;
  readonly lost?: readonly Loss[];
}

interface ChainTimes {
  readonly firstMs?: number;
  readonly lastMs: number;
  readonly lastTime: string;
  /** The widest of its policies. */
  readonly horizonMs: number;
  /** For what may be used days later; absent: nothing may. */
  readonly lineageMs?: number;
  readonly isPast?: boolean;
  readonly isForPrincipal?: boolean;
}

interface ChainImports {
  readonly imported?: Readonly<Record<string, true>>;
  readonly leads?: number;
  readonly linksRefused?: number;
  readonly requests?: number;
  readonly requestsRefused?: number;
}

interface ChainAsking {
  /** Lacks only its last step (`gap-gauge.ts`). */
  readonly gapOf?: string | undefined;
  readonly isToAsk?: boolean;
  readonly asks?: number;
  readonly unseen?: 'cut' | 'reported';
  readonly asked?: readonly string[];
}

export interface ChainMeta extends ChainName, ChainCounts, ChainTimes, ChainImports, ChainAsking {
  readonly principals?: readonly string[];
  readonly opener?: Opener;
  readonly versions: readonly string[];
  /** Exercised, or `attempted:`. */
  readonly symbols: Readonly<Record<string, true>>;
  readonly heads: readonly string[];
  /** Null: too many to name. */
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
  /** Null: none was sent. */
  readonly reportedMark: string | null;
  readonly times: number;
}
