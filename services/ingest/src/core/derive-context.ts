/**
 * What an event is derived with, beside itself: who sent it and what that proves, the tenant's hash
 * functions, the catalogue, and the time of observing. All plain data and functions, so that the
 * same input and context give the same event on every machine.
 */
import type { Assurance, AuditEvent } from '@waywarden/schemas';
import { BoundedMap } from './bounded-map.ts';
import type { Catalogue } from './catalogue.ts';
import type { ClaimLimits } from './claims.ts';
import { type KeptParty, type KeptRequest, newReadings, type Readings } from './readings.ts';
import type { Missing } from './source-numbers.ts';
import type { ChainKeys, TenantKeys } from './tenant-keys.ts';
import type { TextReading } from './text-signals/read-result.ts';
import type { ToolReading } from './text-signals/read-tool.ts';
import type { ListedTools } from './tool-definition.ts';

export interface EventSource {
  readonly kind: string;
  readonly instance: string;
}

export interface DeriveContext {
  readonly tenantId: string;
  readonly source: EventSource;
  /** What the token proves of the agent; bounds every claim. */
  readonly assurance: Assurance;
  /** Where it proves less of a claim than of the agent. */
  readonly claims?: ClaimLimits | undefined;
  /** What ingest noticed before (`ingest.marks`). */
  readonly marks?: readonly string[];
  /** What of its source did not arrive of late (`ingest.missing`). */
  readonly missing?: Missing | undefined;
  /** Takes `effect, capabilities, result.trust` and derived digests as the source gives them. */
  readonly trustFields: boolean;
  /**
   * Takes what else ingest sets (`event_id, chain_id, observed_time, claims, agent.assurance,
   * catalogue_version, key_id, fp_version`) from the body too. For `replay --trust-fields` only: no
   * token of the HTTP interface has it.
   */
  readonly trustIdentity?: boolean;
  /**
   * The body's own word about how good its times are counts for nothing: who says that they are poor would be
   * judged by none of them. A format without times says so by its adapter.
   */
  readonly doubtsTimeQuality?: boolean;
  /** RFC 3339. */
  readonly observedTime: string;
  /** Hash of the received body: the native id of an event that has none. */
  readonly bodyHash: string;
  readonly keys: TenantKeys;
  readonly catalogue: Catalogue;
  readonly memo: DeriveMemo;
}

/** A chain's events repeat its request and its tools; their digests are kept for a while. */
const REQUESTS_MAX = 2_000;
const TOOLS_MAX = 5_000;
const DESCRIPTIONS_MAX = 1_000;
/** Destinations, of at most 512 characters each. */
const PARTIES_MAX = 5_000;
/** Tools that servers listed, of a definition of at most some hundred characters each. */
const LISTED_TOOLS_MAX = 5_000;
/** Requests and tools of one chain. */
const CHAIN_REQUESTS_MAX = 8;
const CHAIN_TOOLS_MAX = 64;

/** Hashed forms, which hold inside one chain only (words are salted per chain). */
export interface ChainMemo {
  readonly purposes: BoundedMap<NonNullable<NonNullable<AuditEvent['task']>['purpose']>>;
  readonly toolTokens: BoundedMap<string[]>;
}

/** Digests as words, not yet hashed. Never leaves the process. */
export interface DeriveMemo extends Readings {
  readonly requests: BoundedMap<KeptRequest>;
  /** By the destination's address. */
  readonly parties: BoundedMap<KeptParty>;
  readonly tools: BoundedMap<ToolReading>;
  /** By a tool's description. */
  readonly descriptions: BoundedMap<TextReading>;
  /** What servers said of their tools when they listed them. */
  readonly listed: ListedTools;
  /** Goes when the chain's keys are forgotten. */
  readonly chains: WeakMap<ChainKeys, ChainMemo>;
}

export function newDeriveMemo(): DeriveMemo {
  return {
    requests: new BoundedMap(REQUESTS_MAX),
    parties: new BoundedMap(PARTIES_MAX),
    tools: new BoundedMap(TOOLS_MAX),
    descriptions: new BoundedMap(DESCRIPTIONS_MAX),
    listed: new BoundedMap(LISTED_TOOLS_MAX),
    ...newReadings(),
    chains: new WeakMap(),
  };
}

export function chainMemo(memo: DeriveMemo, chain: ChainKeys): ChainMemo {
  const known = memo.chains.get(chain);
  if (known !== undefined) return known;
  const made: ChainMemo = {
    purposes: new BoundedMap(CHAIN_REQUESTS_MAX),
    toolTokens: new BoundedMap(CHAIN_TOOLS_MAX),
  };
  memo.chains.set(chain, made);
  return made;
}
