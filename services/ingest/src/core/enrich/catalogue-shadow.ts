/** Catalogue alternatives that never decide. */
import type { CatalogueEntry, ToolEntry } from '@waywarden/schemas';
import { type Alternative, alternativesOf } from './catalogue.ts';
import { covers } from './tool-pattern.ts';

export interface Shadowed {
  readonly entry: number;
  readonly tool: string;
  readonly by: number;
}

const toolText = ({ tool }: Alternative) => tool.parts.join('*');

function takes(winner: Alternative, loser: Alternative): boolean {
  if (winner === loser || winner.rank < loser.rank) return false;
  if (winner.rank === loser.rank && winner.at > loser.at) return false;
  if (winner.server === undefined ? loser.server !== undefined : loser.server === undefined) {
    return false;
  }
  const serverTaken =
    winner.server === undefined ||
    (loser.server !== undefined && covers(winner.server, loser.server));
  return serverTaken && covers(winner.tool, loser.tool);
}

/** They say the same. */
export function shadowedAlternatives(
  entries: readonly (ToolEntry | CatalogueEntry)[],
): readonly Shadowed[] {
  const buckets = new Map<string, Alternative[]>();
  const all = alternativesOf(entries, 'catalogue');
  for (const one of all) {
    const key = one.tool.parts.join('');
    const same = buckets.get(key);
    if (same === undefined) buckets.set(key, [one]);
    else same.push(one);
  }
  return all.flatMap((one) => {
    const winner = buckets
      .get(one.tool.parts.join(''))
      ?.find((other) => other.at !== one.at && takes(other, one));
    return winner === undefined ? [] : [{ entry: one.at, tool: toolText(one), by: winner.at }];
  });
}
