import type { ChildProcess } from 'node:child_process';

export interface NativeKafka {
  readonly brokers: string[];
  readonly folder: string;
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
  stop(): Promise<void>;
  /** Killed, away for `awayMs`, and there again on the same data and port. */
  restart(awayMs: number): Promise<void>;
}

/** Why this machine cannot run a broker, or undefined. */
export declare function whyNotNative(): string | undefined;
export declare function startNativeKafka(options?: {
  readonly log?: (line: string) => void;
  readonly detached?: boolean;
  /** Logins of SCRAM-SHA-512; with them ACLs are enforced, on all but the first. */
  readonly users?: readonly { readonly name: string; readonly password: string }[];
}): Promise<NativeKafka>;
