/** What is kept of the texts of a chain beside its steps (`chain-texts.ts`): which there are, and what was found. */
import type { AlertHead } from '../alert/revise-alert.ts';

/** An act that obeys what another agent read. */
export interface Obeyed {
  readonly act: string;
  readonly read: string;
  readonly severity: 'high' | 'medium';
  readonly probability: number;
  /** Of the passage. */
  readonly kind: string;
  readonly mark: number;
  readonly effects: readonly string[];
  /** In words, weightiest first. */
  readonly reasons: readonly { readonly feature: string; readonly text: string }[];
  /** Nothing tells which of the two came first. */
  readonly isOrderUnknown: boolean;
}

export interface TextEntry {
  readonly event: string;
  readonly agent: string;
  readonly ms: number;
  /** Of its strongest passage; 0 without one; absent: it read nothing. */
  readonly rank?: number;
  readonly acts: boolean;
}

/** The table of a chain: what there is, what was found, and the alert that stands. */
export interface ChainTexts {
  readonly entries: readonly TextEntry[];
  /** Texts and acts that found no room. */
  readonly refused: number;
  readonly obeyed: readonly Obeyed[];
  readonly head: AlertHead;
}
