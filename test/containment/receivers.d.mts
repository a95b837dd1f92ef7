import type { KeyFile } from '@waywarden/schemas';

/**
 * `issue`: gives out credentials too; `half`: a part only; `nothing`: knows no action; `lie`: says that
 * it applied and lets everything through; `probe`: tries at the door of another.
 */
export type ReceiverDoes = 'apply' | 'issue' | 'half' | 'nothing' | 'lie' | 'probe';

export interface ReceiverRun {
  readonly id: string;
  readonly does: ReceiverDoes;
  /** Of `probe`: at whose door. */
  readonly of?: string;
}

export interface ReceiversConfig {
  readonly tenant: string;
  readonly url: string;
  readonly keys: string;
  readonly folder: string;
  readonly receivers: readonly ReceiverRun[];
  readonly kafka?: { readonly settings: object; readonly responderKey: string };
  readonly onError?: (error: unknown) => void;
}

export function receiverKey(folder: string, id: string): KeyFile;
export function startReceivers(config: ReceiversConfig): Promise<{ stop(): Promise<unknown> }>;
