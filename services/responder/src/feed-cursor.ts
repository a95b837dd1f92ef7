/**
 * How far a receiver has read, as text that it keeps for us: the next offset of every partition of
 * the commands, and which incarnation of the topic they belong to.
 */
interface FeedCursor {
  readonly incarnation: string;
  readonly offsets: readonly number[];
}

export function encodeCursor(cursor: FeedCursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

/** Undefined when it is none of ours. */
export function decodeCursor(text: string): FeedCursor | undefined {
  try {
    const { incarnation, offsets } = JSON.parse(
      Buffer.from(text, 'base64url').toString(),
    ) as FeedCursor;
    const isGood =
      typeof incarnation === 'string' && offsets.every((one) => Number.isSafeInteger(one));
    return isGood ? { incarnation, offsets } : undefined;
  } catch {
    return undefined;
  }
}
