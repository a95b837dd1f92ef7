/**
 * How much each word of `agent.uid_source` claims. A body says from what the agent's identity was read;
 * "from a verified SVID" is a claim like any other, and a reader would take it for proof. So a word
 * stands only where what the token proves of this agent is as much (order of identity: standards,
 * section 10.2), and a word that is not known here claims nobody knows what: both go to `unmapped`.
 */
import { type Assurance, assuranceAtLeast } from '@waywarden/schemas';

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
