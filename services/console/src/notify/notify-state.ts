/**
 * How far each receiver has come in the log, and what it was sent, in one file beside the data: after a kill the next
 * start goes on there. Written before the next notice is sent, so at most the last one is sent twice, under one id.
 */
import {
  appendFileSync,
  existsSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { z } from 'zod';
import type { News } from '../core/notify/notify-message.ts';

const SENT_MAX = 5_000;
const DEAD_BYTES_MAX = 8 * 1024 * 1024;
const FILE_MODE = 0o600;

const receiverState = z.object({
  log: z.string(),
  at: z.array(z.number().int().nonnegative()),
  sent: z.array(z.string()).max(SENT_MAX),
});
export type NotifyProgress = z.infer<typeof receiverState>;
const stateFile = z.object({
  version: z.literal(1),
  receivers: z.record(z.string(), receiverState),
});

export interface DeadNotice {
  readonly id: string;
  readonly news: News;
  readonly at: string;
  readonly receiver: string;
  readonly alert_id: string;
  readonly revision: number;
  readonly why: string;
}

export class NotifyState {
  readonly #path: string;
  readonly #receivers: Record<string, NotifyProgress>;

  constructor(path: string) {
    this.#path = path;
    this.#receivers = existsSync(path)
      ? stateFile.parse(JSON.parse(readFileSync(path, 'utf8'))).receivers
      : {};
  }

  of(receiver: string): NotifyProgress | undefined {
    return this.#receivers[receiver];
  }

  put(receiver: string, state: NotifyProgress): void {
    this.#receivers[receiver] = { ...state, sent: state.sent.slice(-SENT_MAX) };
    const beside = `${this.#path}.${process.pid}`;
    const value = { version: 1, receivers: this.#receivers };
    writeFileSync(beside, `${JSON.stringify(value)}\n`, { mode: FILE_MODE });
    renameSync(beside, this.#path);
  }

  /** A notice that no receiver will take: kept to be looked at, the older half given up when there are too many. */
  bury(dead: DeadNotice): void {
    const path = this.#deadPath;
    if (existsSync(path) && statSync(path).size > DEAD_BYTES_MAX) renameSync(path, `${path}.1`);
    appendFileSync(path, `${JSON.stringify(dead)}\n`, { mode: FILE_MODE });
  }

  /** The latest first. */
  dead(limit: number, receiver?: string): readonly DeadNotice[] {
    return this.#allDead()
      .filter((one) => receiver === undefined || one.receiver === receiver)
      .slice(-limit)
      .toReversed();
  }

  /** Those that were taken after all. */
  unbury(receiver: string, ids: ReadonlySet<string>): void {
    const left = this.#allDead().filter((one) => one.receiver !== receiver || !ids.has(one.id));
    const text = left.map((one) => `${JSON.stringify(one)}\n`).join('');
    const beside = `${this.#deadPath}.${process.pid}`;
    writeFileSync(beside, text, { mode: FILE_MODE });
    renameSync(beside, this.#deadPath);
  }

  get #deadPath(): string {
    return `${this.#path}.dead.jsonl`;
  }

  #allDead(): readonly DeadNotice[] {
    if (!existsSync(this.#deadPath)) return [];
    const lines = readFileSync(this.#deadPath, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as DeadNotice);
  }
}
