/**
 * A receiver's state: a file and a journal of changes. The file is replaced only when the journal
 * has outgrown it and names its journal by number, so that a crash between the two is harmless.
 */
import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import {
  type ConsumerState,
  EMPTY_STATE,
  type StateChange,
  type StateStore,
  withChanges,
} from './consumer-state.ts';

const FILE_MODE = 0o600;
/** A journal shorter than this is not worth writing everything anew. */
const JOURNAL_BYTES_MIN = 1024 * 1024;

interface StoredState extends ConsumerState {
  /** Of its journal; absent: it was written before there were any. */
  readonly journal?: number;
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function writeDurably(path: string, flags: 'w' | 'a', text: string): void {
  const fd = openSync(path, flags, FILE_MODE);
  try {
    writeSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

export class FileStateStore implements StateStore {
  readonly #path: string;
  #journal = 0;
  #journalBytes = 0;
  #stateBytes = 0;

  constructor(path: string) {
    this.#path = path;
  }

  load(): ConsumerState {
    const bytes = readIfThere(this.#path);
    const stored: StoredState =
      bytes === undefined ? EMPTY_STATE : (JSON.parse(bytes.toString()) as StoredState);
    if (stored.version !== 1) {
      throw new Error(`${this.#path} is of another version. Delete it: everything is read anew.`);
    }
    const { journal = 0, ...state } = stored;
    this.#journal = journal;
    this.#stateBytes = bytes?.length ?? 0;
    rmSync(this.#journalPath(journal - 1), { force: true });
    return withChanges(state, this.#readJournal());
  }

  save(state: ConsumerState): void {
    const before = this.#journal;
    const text = JSON.stringify({ ...state, journal: before + 1 } satisfies StoredState);
    const temporary = `${this.#path}.${process.pid}`;
    writeDurably(temporary, 'w', text);
    renameSync(temporary, this.#path);
    this.#journal = before + 1;
    this.#journalBytes = 0;
    this.#stateBytes = Buffer.byteLength(text);
    rmSync(this.#journalPath(before), { force: true });
  }

  add(change: StateChange, whole: () => ConsumerState): void {
    if (this.#journalBytes > Math.max(JOURNAL_BYTES_MIN, this.#stateBytes)) {
      this.save(whole());
      return;
    }
    const line = `${JSON.stringify(change)}\n`;
    writeDurably(this.#journalPath(this.#journal), 'a', line);
    this.#journalBytes += Buffer.byteLength(line);
  }

  #journalPath(number: number): string {
    return `${this.#path}.journal.${number}`;
  }

  /** What follows the last end of a line was being written when the process ended. */
  #readJournal(): StateChange[] {
    const path = this.#journalPath(this.#journal);
    const bytes = readIfThere(path);
    if (bytes === undefined) return [];
    const retained = bytes.lastIndexOf('\n') + 1;
    if (retained < bytes.length) truncateSync(path, retained);
    this.#journalBytes = retained;
    const lines = bytes.subarray(0, retained).toString().split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as StateChange);
  }
}
