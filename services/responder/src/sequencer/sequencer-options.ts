/** What a sequencer is made of, and what it tells. */
import type { EventLog } from '@waywarden/event-log';
import type { JwsKeyRing, MacKey, MacKeyRing } from '@waywarden/schemas';
import type { OperatorKeys } from './read-verdict.ts';
import type { RegistryOrder } from './registry-order.ts';

export interface SequencerEvents {
  /** A record of the registry topic that is forged, damaged or of an unknown kind. */
  registryRecordRefused?(info: { readonly offset: number; readonly reason: string }): void;
  /** A snapshot of baselines that is forged or damaged. */
  snapshotRefused?(info: { readonly offset: number; readonly reason: string }): void;
  /** A decision that records a verdict which its signer's key does not prove: the detector goes on without it. */
  verdictRefused?(info: {
    readonly partition: number;
    readonly offset: number;
    readonly reason: string;
  }): void;
  controlSequenced?(info: { seq: number; kind: string; tenantId: string; version: string }): void;
  sequenceRecovered?(info: { readonly seq: number; readonly copies: number }): void;
}

export interface SequencerOptions {
  readonly log: EventLog;
  readonly stateDir: string;
  /** Seals what the sequencer writes. */
  readonly macKey: MacKey;
  /** All keys that sealed it before, the active one included. */
  readonly macKeys: MacKeyRing;
  /** Keys whose policies and registries are believed. */
  readonly registryKeys: JwsKeyRing;
  /** Keys of those who may write snapshots of baselines. */
  readonly snapshotKeys?: MacKeyRing;
  /** Keys of those who may give verdicts. */
  readonly operatorKeys?: OperatorKeys;
  /** What was read of the registry's topic before; default: nothing. */
  readonly registryOrder?: RegistryOrder;
  /** Of the lease under which it writes; absent where nobody else can. */
  readonly epoch?: number;
  readonly wallClock: () => string;
  readonly events?: SequencerEvents;
  /** Chaos tests throw or kill here. */
  readonly failpoint?: (name: string) => void;
}
