import type { EventLog } from '@waywarden/event-log';
import type { JwsKeyRing, MacKey, MacKeyRing } from '@waywarden/schemas';
import type { RegistryOrder } from './read-registry-record.ts';
import type { OperatorKeys } from './read-verdict.ts';

export interface SequencerEvents {
  registryRecordRefused?(info: { readonly offset: number; readonly reason: string }): void;
  snapshotRefused?(info: { readonly offset: number; readonly reason: string }): void;
  /** The detector goes on without it. */
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
  readonly macKey: MacKey;
  readonly macKeys: MacKeyRing;
  readonly registryKeys: JwsKeyRing;
  readonly snapshotKeys?: MacKeyRing;
  readonly operatorKeys?: OperatorKeys;
  /** Default: nothing. */
  readonly registryOrder?: RegistryOrder;
  /** Absent: nobody else writes. */
  readonly epoch?: number;
  readonly wallClock: () => string;
  readonly events?: SequencerEvents;
  readonly failpoint?: (name: string) => void;
}
