/** The one capability that an alert names: the gravest, ties by name, whatever the source's order. */
import { isCritical, isPrivileged, isSensitive } from '@waywarden/schemas';

function rankOf(symbol: string): number {
  if (isCritical(symbol)) return 3;
  if (isSensitive(symbol)) return 2;
  return isPrivileged(symbol) ? 1 : 0;
}

export function gravestOf(
  capabilities: readonly { readonly symbol: string }[],
): string | undefined {
  let gravest: string | undefined;
  for (const { symbol } of capabilities) {
    const by = gravest === undefined ? 1 : rankOf(symbol) - rankOf(gravest);
    if (by > 0 || (by === 0 && gravest !== undefined && symbol < gravest)) gravest = symbol;
  }
  return gravest;
}
