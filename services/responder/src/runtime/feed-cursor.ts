/** A receiver's cursor: offsets, withheld places, incarnation. */
import type { FeedPlace } from './collect-commands.ts';

interface FeedCursor {
  readonly incarnation: string;
  readonly offsets: readonly number[];
  /** Absent: nothing waits. */
  readonly pendingFrom?: readonly (number | null)[];
}

export function encodeCursor({ pendingFrom = [], ...rest }: FeedCursor): string {
  const inHand = pendingFrom.some((from) => from !== null) ? { pendingFrom } : {};
  return Buffer.from(JSON.stringify({ ...rest, ...inHand })).toString('base64url');
}

const isOffset = (one: unknown) => Number.isSafeInteger(one);

/** Undefined: not ours. */
export function decodeCursor(text: string): FeedCursor | undefined {
  try {
    const cursor = JSON.parse(Buffer.from(text, 'base64url').toString()) as FeedCursor;
    const { incarnation, offsets, pendingFrom = [] } = cursor;
    const isGood =
      typeof incarnation === 'string' &&
      offsets.every(isOffset) &&
      pendingFrom.every((one) => one === null || isOffset(one));
    return isGood ? cursor : undefined;
  } catch {
    return undefined;
  }
}

/** Where the cursor stands in a topic that begins at `starts`. */
export function placeOf(starts: readonly number[], cursor: FeedCursor | undefined): FeedPlace {
  return {
    offsets: starts.map((start, at) => Math.max(start, cursor?.offsets[at] ?? start)),
    pendingFrom: starts.map((start, at) => {
      const from = cursor?.pendingFrom?.[at] ?? null;
      return from === null ? null : Math.max(start, from);
    }),
  };
}
