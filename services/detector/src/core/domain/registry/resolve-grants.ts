/**
 * What an agent was granted: the registry's grants, the credential's scopes, or both intersected. Unknown (null)
 * contains nothing.
 */
import {
  type AuditEvent,
  matchesGrant,
  type Registry,
  type RegistryAgent,
} from '@waywarden/schemas';

/** Null where none is mapped. */
export function grantsOfScopes(event: AuditEvent, registry: Registry): readonly string[] | null {
  if (event.scopes === undefined) return null;
  const known = event.scopes.filter((scope) => Object.hasOwn(registry.scope_map, scope));
  if (known.length === 0) return null;
  return [...new Set(known.flatMap((scope) => registry.scope_map[scope] ?? []))].sort();
}

/** `read:*` ∩ `read:secret`. */
function intersect(a: readonly string[], b: readonly string[]): readonly string[] {
  const retained = [
    ...a.filter((one) => b.some((pattern) => matchesGrant(pattern, one))),
    ...b.filter((one) => a.some((pattern) => matchesGrant(pattern, one))),
  ];
  return [...new Set(retained)].sort();
}

export function resolveGrants(
  event: AuditEvent,
  registry: Registry | undefined,
  agent: RegistryAgent | undefined,
): readonly string[] | null {
  const registered = agent?.grants ?? null;
  const scoped = registry === undefined ? null : grantsOfScopes(event, registry);
  if (registered === null) return scoped;
  return scoped === null ? registered : intersect(registered, scoped);
}
