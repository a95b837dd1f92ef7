/** The options of a receiver, where its orders come from, and what it answers of a call. */
import type { JwsKeyRing, JwsSigningKey, Receipt, RevocationCommand } from '@waywarden/schemas';
import type { StateStore } from './consumer-state.ts';
import type { ReceiptVerdict } from './deny-list.ts';
import type { Apply } from './limited-apply.ts';
import type { Probe } from './probe.ts';
import type { SignedReceipt, SignedRecord } from './signed-record.ts';

/** Whether a call may be made, why not, and how fresh that is. */
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

/**
 * Where commands come from and receipts go to: HTTP long-poll or Kafka. Only its source understands
 * a cursor; kept beside what it led to, nothing is lost or doubled.
 */
export interface CommandBatch {
  readonly records: readonly SignedRecord[];
  /** To go on from once these are done. */
  readonly cursor: string;
}

export interface RefusedReceipt {
  /** Its place among those that were sent. */
  readonly index: number;
  readonly reason: string;
}

export interface CommandSource {
  /** Waits for what comes after `cursor` (null: the beginning); an empty batch when nothing came. */
  next(cursor: string | null, signal: AbortSignal): Promise<CommandBatch>;
  /** Those that were refused, where the source says so at once. */
  send(receipts: readonly SignedReceipt[], signal: AbortSignal): Promise<readonly RefusedReceipt[]>;
  /** The responder's public keys, where the source can ask for them. */
  commandKeys?(signal: AbortSignal): Promise<JwsKeyRing>;
  close(): Promise<void>;
}

/** Called when something happened; none may throw. */
interface ConsumerEvents {
  readonly onRefused?: (reason: string) => void;
  /** Waywarden did not take a receipt, so what it says counts nothing there. */
  readonly onReceiptRefused?: (receipt: Receipt, reason: string) => void;
  readonly onApplied?: (command: RevocationCommand, verdict: ReceiptVerdict) => void;
  readonly onError?: (error: unknown) => void;
}

interface CarryOutOptions {
  /**
   * What this receiver can do; default: `REFUSING_ACTIONS`. Add `block_issuance` for an issuer, and of
   * `PROVENANCE_ACTIONS` those whose facts you give.
   */
  readonly supports?: readonly string[];
  /** Further work of an order, before it is `applied`. */
  readonly apply?: Apply;
  /** How long one may take; then it is answered `failed`, and its signal ends. Default 30 s. */
  readonly applyMs?: number;
  /** Whether access is really gone, where the registry says that this receiver may be asked. */
  readonly probe?: Probe;
  /** Probes begun within a minute at most, whoever asks; default 60. */
  readonly probesPerMinute?: number;
  /** Orders carried out within a second at most, where what stands behind takes no more. */
  readonly ratePerSecond?: number;
}

interface StaleOptions {
  /** When nothing was heard of Waywarden for `staleMs`: let calls pass, or refuse them. */
  readonly whenStale?: 'open' | 'closed';
  readonly staleMs?: number;
  readonly nowMs?: () => number;
}

export interface ConsumerOptions extends ConsumerEvents, CarryOutOptions, StaleOptions {
  readonly source: CommandSource;
  readonly store: StateStore;
  readonly receiver: string;
  readonly tenantId: string;
  readonly signingKey: JwsSigningKey;
  /** The responder's public keys; absent: the source is asked, and again when a key is unknown. */
  readonly commandKeys?: JwsKeyRing;
}
