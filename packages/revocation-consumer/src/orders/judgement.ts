/** Whether a call may be made, why not, and how fresh that is. */
import type { RevocationCommand } from '@waywarden/schemas';

export interface Judgement {
  readonly allowed: boolean;
  readonly command?: RevocationCommand;
  /** What the call would have to say to be told from those that the order is about; empty: it is one. */
  readonly missing?: readonly string[];
  /** Nothing was heard for too long: this rests on an old view. */
  readonly stale: boolean;
  /** When Waywarden was last heard, Unix ms; 0: not since the start. */
  readonly asOfMs: number;
}
