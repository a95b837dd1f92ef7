import type { Assurance, AuditEvent } from '@waywarden/schemas';
import { BoundedMap } from '../domain/bounded-map.ts';
import type { TextReading } from '../text-signals/read-result.ts';
import type { ToolReading } from '../text-signals/words.ts';
import type { Catalogue } from './catalogue.ts';
import type { ClaimLimits } from './claims.ts';
import {
  type ChainKeys,
  newReadings,
  type Readings,
  type RequestSignals,
  type StoredParty,
  type TenantKeys,
} from './readings.ts';
import type { Missing } from './source-numbers.ts';
import type { ListedTools } from './tool-texts.ts';

export interface EventSource {
  readonly kind: string;
  readonly instance: string;
}

interface TrustLimits {
  readonly assurance: Assurance;
  /** Where less than for the agent. */
  readonly claims?: ClaimLimits | undefined;
  readonly marks?: readonly string[];
  readonly missing?: Missing | undefined;
  /** As sent. */
  readonly trustFields: boolean;
  /** `replay --trust-fields` only. */
  readonly trustIdentity?: boolean;
  readonly doubtsTimeQuality?: boolean;
}

export interface DeriveContext extends TrustLimits {
  readonly tenantId: string;
  readonly source: EventSource;
  readonly observedTime: string;
  readonly bodyHash: string;
  readonly keys: TenantKeys;
  readonly catalogue: Catalogue;
  readonly memo: DeriveMemo;
}

const REQUESTS_MAX = 2_000;
const TOOLS_MAX = 5_000;
const DESCRIPTIONS_MAX = 1_000;
const PARTIES_MAX = 5_000;
const LISTED_TOOLS_MAX = 5_000;
const CHAIN_REQUESTS_MAX = 8;
const CHAIN_TOOLS_MAX = 64;

/** Salted per chain. */
interface ChainMemo {
  readonly purposes: BoundedMap<NonNullable<NonNullable<AuditEvent['task']>['purpose']>>;
  readonly toolTokens: BoundedMap<string[]>;
}

/** Not hashed; never leaves the process. */
export interface DeriveMemo extends Readings {
  readonly requests: BoundedMap<RequestSignals>;
  readonly parties: BoundedMap<StoredParty>;
  readonly tools: BoundedMap<ToolReading>;
  readonly descriptions: BoundedMap<TextReading>;
  readonly listed: ListedTools;
  /** Goes with the chain's keys. */
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
