/** How far each claim is believed: at most the token's word. Absent fields are `unresolved`. */
import {
  ASSURANCES,
  type Assurance,
  type AuditEvent,
  assuranceAtLeast,
  type Claim,
  eachClaim,
  type InputEvent,
} from '@waywarden/schemas';

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

export interface Proven {
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
