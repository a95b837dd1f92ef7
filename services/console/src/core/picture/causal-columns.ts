/**
 * Columns of a picture: causal order first (a call stands right of every call that leads to it), time
 * for what no link orders. One call a column: a lane then reads like a line of text, and two labels
 * never share a place.
 */
import { epochMs } from '@waywarden/schemas';
import type { PictureCall, PictureLink } from '../picture-model.ts';

export interface Placed {
  readonly calls: readonly PictureCall[];
  readonly columns: number;
}

function earliest(calls: readonly PictureCall[]): PictureCall | undefined {
  return calls.toSorted(
    (a, b) => epochMs(a.at) - epochMs(b.at) || (a.event_id < b.event_id ? -1 : 1),
  )[0];
}

/** Links that make a circle can't order anything: then time decides, and every call has its place. */
export function causalColumns(
  calls: readonly PictureCall[],
  links: readonly PictureLink[],
): Placed {
  const waiting = new Map(calls.map((call) => [call.event_id, call]));
  const ordered: PictureCall[] = [];
  while (waiting.size > 0) {
    const rest = [...waiting.values()];
    const free = rest.filter(
      (call) => !links.some((link) => link.to === call.event_id && waiting.has(link.from)),
    );
    const next = earliest(free.length > 0 ? free : rest);
    if (next === undefined) break;
    waiting.delete(next.event_id);
    ordered.push({ ...next, column: ordered.length });
  }
  return { calls: ordered, columns: ordered.length };
}
