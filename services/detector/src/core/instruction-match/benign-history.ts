/**
 * What the score asks of an agent's benign history. The counts themselves are state and live in the
 * facet (`../facets/instruction-history.ts`).
 */
import type { Call } from './call-digest.ts';

export interface BenignHistory {
  /** The same purpose, tool and values in benign history. */
  readonly isRepeat: (call: Call) => boolean;
  readonly knowsId: (id: string) => boolean;
  /** Bits of surprise: how unusual the tool is for this purpose. */
  readonly toolBits: (call: Call) => number;
  /** The same for the tool after the one before it. */
  readonly followBits: (call: Call, previousTool: string | null) => number;
}
