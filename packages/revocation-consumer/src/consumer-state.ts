/**
 * What a receiver must not forget, in one file that is replaced as a whole: what it enforces, how far
 * it has read, and which receipts it still owes. So a crash at any point leaves either the state
 * before a batch or after it, and every order is applied once.
 */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import type { Receipt } from '@waywarden/schemas';
import type { DenyListState, Verdict } from './deny-list.ts';

const FILE_MODE = 0o600;

export interface ConsumerState {
  readonly version: 1;
  readonly cursor: string | null;
  readonly denyList: DenyListState;
  /** Commands that were answered, the last ones: a repeat is told by its id. */
  readonly answered: readonly string[];
  readonly owed: readonly Receipt[];
  /** By command: in force, its further work not done. */
  readonly unfinished?: Readonly<Record<string, Verdict>>;
}

export const NOTHING: ConsumerState = {
  version: 1,
  cursor: null,
  denyList: { orders: [], sequences: {} },
  answered: [],
  owed: [],
};

/** Where it is kept; a store of your own must keep it before `save` returns. */
export interface StateStore {
  load(): ConsumerState;
  save(state: ConsumerState): void;
}

export class FileStateStore implements StateStore {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  load(): ConsumerState {
    let text: string;
    try {
      text = readFileSync(this.#path, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return NOTHING;
      throw error;
    }
    const state = JSON.parse(text) as ConsumerState;
    if (state.version === 1) return state;
    throw new Error(`${this.#path} is of another version. Delete it: everything is read anew.`);
  }

  save(state: ConsumerState): void {
    const temporary = `${this.#path}.${process.pid}`;
    const fd = openSync(temporary, 'w', FILE_MODE);
    try {
      writeSync(fd, JSON.stringify(state));
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, this.#path);
  }
}
