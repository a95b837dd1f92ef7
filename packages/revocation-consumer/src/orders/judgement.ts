/** What is said of a call: whether it may be made, because of what not, and how fresh that is. */
import type { RevocationCommand } from '@waywarden/schemas';

export interface Judgement {
  readonly allowed: boolean;
  /** The order that refuses it. */
  readonly command?: RevocationCommand;
  /** What the call would have to say to be told from those that the order is about; empty: it is one. */
  readonly missing?: readonly string[];
  /** Nothing was heard for too long: this rests on an old view. */
  readonly stale: boolean;
  /** When Waywarden was last heard, Unix ms; 0: not since the start. */
  readonly asOfMs: number;
}
