/**
 * The picture of an assembly as the server answers it and the page draws it: types only, names of the
 * wire, places by lane and column and not by pixels.
 */

export interface Lane {
  readonly agent_uid: string;
  readonly plane: string | null;
  readonly class: string | null;
  readonly granted: readonly string[] | null;
  readonly completes: boolean;
  /** Actions of the cut that stop this agent, in words. */
  readonly cut: readonly LaneCut[];
}

export interface LaneCut {
  readonly action: string;
  /** The whole of it in words, with the agent and what it is aimed at. */
  readonly text: string;
  readonly stops: string;
  readonly breaks: string;
  readonly state: 'possible' | 'ordered' | 'applied' | 'confirmed' | 'failed';
}

export interface PictureCall {
  readonly event_id: string;
  readonly agent_uid: string;
  readonly column: number;
  readonly symbol: string;
  readonly tool: string;
  readonly target: string | null;
  readonly at: string;
  /** `origin`: outside text in which a value of the proof stood before; no part of the proof. */
  readonly role: 'proof' | 'connecting' | 'origin' | 'denied' | 'leaked';
  /** Position of the combination's step that it is, from 1; null for other calls. */
  readonly step: number | null;
  readonly completing: boolean;
}

/** Further calls of the chain between two columns of one lane: seen, and no part of the proof. */
export interface PictureAside {
  readonly agent_uid: string;
  /** They were made before the call of this column; equal to the number of columns: after all. */
  readonly before: number;
  readonly calls: number;
  readonly symbols: readonly string[];
}

export interface PictureLink {
  readonly from: string;
  readonly to: string;
  readonly via: string;
  /** What flows, in words: `e-mail address`, `secret`. */
  readonly label: string;
  readonly strength: number;
  /** False: it leads from an origin to the proof. */
  readonly in_proof: boolean;
}

/** Who else could do the last step, by the registry; null: without a registry nobody knows. */
export interface OtherFinishers {
  readonly symbol: string;
  readonly agents: readonly { readonly agent_uid: string; readonly workflows: readonly string[] }[];
  readonly more: number;
  /** Agents of the registry whose grant it does not give. */
  readonly unknown: number;
}

export interface GrantRow {
  readonly agent_uid: string;
  readonly granted: readonly boolean[] | null;
  readonly exercised: readonly boolean[];
  readonly completes: boolean;
}

export interface Picture {
  readonly lanes: readonly Lane[];
  readonly lanes_folded: number;
  readonly calls: readonly PictureCall[];
  readonly asides: readonly PictureAside[];
  readonly links: readonly PictureLink[];
  readonly columns: number;
  readonly steps: readonly { readonly id: string; readonly symbol: string }[];
  readonly grants: readonly GrantRow[];
  readonly residual: readonly {
    readonly what: string;
    readonly by: string;
    readonly neutralise: string;
  }[];
  readonly others: OtherFinishers | null;
}
