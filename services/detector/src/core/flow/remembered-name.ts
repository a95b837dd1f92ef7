/**
 * The fingerprint of a name, remembered: an agent shows its own name, its credential and its keys with
 * every call, and hashing them took as long as looking up what is known of its chain. Bounded, since
 * whoever sends events chooses names; a function of the name, so forgetting it changes no result.
 */
import { nameFingerprint } from '@waywarden/schemas';

const FOLLOWED_NAMES_MAX = 10_000;
/** By tenant, kind and name: what is put together of them would have to be copied and hashed each time. */
const known = new Map<string, Map<string, Map<string, string>>>();
let size = 0;

export function rememberedName(tenant: string, kind: string, name: string): string {
  const own = known.get(tenant)?.get(kind)?.get(name);
  if (own !== undefined) return own;
  if (size >= FOLLOWED_NAMES_MAX) {
    known.clear();
    size = 0;
  }
  const byKind = known.get(tenant) ?? new Map<string, Map<string, string>>();
  const byName = byKind.get(kind) ?? new Map<string, string>();
  const made = nameFingerprint(tenant, kind, name);
  known.set(tenant, byKind.set(kind, byName.set(name, made)));
  size += 1;
  return made;
}
