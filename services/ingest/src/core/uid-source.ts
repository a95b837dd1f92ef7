/**
 * How much each word of `agent.uid_source` claims. A word stands only where the token proves as
 * much (standards, section 10.2); others, and unknown ones, go to `unmapped`.
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
