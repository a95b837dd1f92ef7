/** The options of a receiver. */
import type { JwsKeyRing, JwsSigningKey, Receipt, RevocationCommand } from '@waywarden/schemas';
import type { CommandSource } from './command-source.ts';
import type { StateStore } from './consumer-state.ts';
import type { ReceiptVerdict } from './deny-list.ts';
import type { Apply } from './limited-apply.ts';
import type { Probe } from './probe.ts';

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
