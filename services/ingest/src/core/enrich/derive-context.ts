import {
  ASSURANCES,
  type Assurance,
  type AuditEvent,
  assuranceAtLeast,
  type Claim,
  eachClaim,
  type InputEvent,
} from '@waywarden/schemas';
import { BoundedMap } from '../domain/bounded-map.ts';
import type { TextReading } from '../text-signals/read-result.ts';
import type { ToolReading } from '../text-signals/words.ts';
import type { Catalogue } from './catalogue.ts';
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

/** How far each claim is believed: at most the token's word. Absent fields are `unresolved`. */

type Claims = AuditEvent['claims'];

const PRESENT: Readonly<Record<Claim, (input: InputEvent) => boolean>> = {
  task: (input) => input.task?.id !== undefined,
  workflow: (input) => input.task?.workflow !== undefined,
  principal: (input) => input.principal !== undefined,
  delegation: (input) => input.delegation !== undefined,
  trace: (input) => input.trace_id !== undefined,
  conversation: (input) => input.conversation_id !== undefined,
  approval: (input) => input.approval !== undefined,
  outcome: (input) => input.outcome !== undefined && input.outcome !== 'unknown',
  class: (input) => input.agent.class !== undefined,
};

export function weaker(one: Assurance, other: Assurance): Assurance {
  return ASSURANCES.indexOf(one) > ASSURANCES.indexOf(other) ? one : other;
}

/** Absent: as of the agent. */
export type ClaimLimits = { readonly [C in Claim]?: Assurance | undefined };

interface Proven {
  readonly agent: Assurance;
  readonly claims?: ClaimLimits | undefined;
}

const NOTHING: Readonly<Record<string, unknown>> = {};

/** `own`: the body's word, if allowed. */
export function claimsOf(input: InputEvent, proven: Proven, own?: unknown): Claims {
  const stated =
    typeof own === 'object' && own !== null ? (own as Record<string, unknown>) : NOTHING;
  const of = (claim: Claim): Assurance => {
    const given =
      stated === NOTHING ? undefined : ASSURANCES.find((assurance) => assurance === stated[claim]);
    if (given !== undefined) return given;
    if (!PRESENT[claim](input)) return 'unresolved';
    const limit = proven.claims?.[claim];
    return limit === undefined ? proven.agent : weaker(proven.agent, limit);
  };
  return eachClaim(of);
}

/** SPIFFE-ID, 2.1 to 2.3. */
const SPIFFE_ID = /^spiffe:\/\/([a-z0-9._-]{1,255})((?:\/[A-Za-z0-9._-]+)+)$/;
const DOT_SEGMENT = /\/\.{1,2}(\/|$)/;

export function trustDomainOf(uid: string): string | undefined {
  const match = SPIFFE_ID.exec(uid);
  return match === null || DOT_SEGMENT.test(match[2] ?? '') ? undefined : match[1];
}

/** Only a verified SVID attests. */
export function agentAssurance(
  uid: string,
  proven: Assurance,
  trustDomains: readonly string[] | undefined,
): Assurance {
  if (proven !== 'attested' || trustDomains === undefined) return proven;
  const domain = trustDomainOf(uid);
  return domain !== undefined && trustDomains.includes(domain) ? 'attested' : 'authenticated';
}

export const UID_SOURCES: ReadonlyMap<string, Assurance> = new Map<string, Assurance>([
  ['svid', 'attested'],
  ['token', 'authenticated'],
  ['jwt_sub', 'authenticated'],
  ['mtls', 'authenticated'],
  ['api_key', 'authenticated'],
  ['span', 'asserted'],
  ['header', 'asserted'],
  ['config', 'asserted'],
  ['ancestor_span', 'inferred'],
  ['resource', 'inferred'],
  ['baggage', 'inferred'],
  ['client_info', 'inferred'],
]);

export function mayClaim(uidSource: string, proven: Assurance): boolean {
  const claimed = UID_SOURCES.get(uidSource);
  return claimed !== undefined && assuranceAtLeast(proven, claimed);
}
