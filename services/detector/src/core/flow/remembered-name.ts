/**
 * The fingerprint of a name, remembered: an agent shows its own name, its credential and its keys with
 * every call, and hashing them took as long as looking up what is known of its chain. Bounded, since
 * whoever sends events chooses names; a function of the name, so forgetting it changes no result.
 */
import { nameFingerprint } from '@waywarden/schemas';

const FOLLOWED_NAMES_MAX = 10_000;
const known = new Map<string, string>();

export function rememberedName(tenant: string, kind: string, name: string): string {
  // Lengths keep apart what a name could imitate.
  const key = `${tenant.length}/${kind.length}/${tenant}${kind}${name}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  if (known.size >= FOLLOWED_NAMES_MAX) known.clear();
  const made = nameFingerprint(tenant, kind, name);
  known.set(key, made);
  return made;
}
