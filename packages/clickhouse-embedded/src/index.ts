// ClickHouse's engine (chDB) in a child process behind its HTTP protocol, so that the same client
// code runs with and without a server. In a child, because a native crash must not take the
// detector along. See the README.
import { join } from 'node:path';
import type { InsertFailpoint } from './messages.ts';
import { takeFolder } from './owner-lock.ts';
import { type ClickHouseEvent, FrontDoor, Supervisor } from './supervisor.ts';

export { FolderTakenError } from './owner-lock.ts';
export type { ClickHouseEvent, InsertFailpoint };

export interface ClickHouseOptions {
  readonly path: string;
  /** 0, the default, takes any free port. Always on 127.0.0.1. */
  readonly port?: number;
  /** When set, every request but /ping must carry it (any user name). */
  readonly password?: string;
  /** The setting max_memory_usage, which a query may override; default 4 GiB. */
  readonly maxMemoryBytesPerQuery?: number;
  /** For tests: the first child kills itself at this point. */
  readonly failpoint?: InsertFailpoint;
  readonly onEvent?: (event: ClickHouseEvent) => void;
}

export interface EmbeddedClickHouse {
  readonly url: string;
  /** Lets running queries end (5 s at most), closes the engine, frees folder and port. */
  stop(): Promise<void>;
  /** The child's, undefined while there is none. */
  pid(): number | undefined;
  /** SIGKILL to the child, as a crash would. */
  kill(): void;
}

const MEMORY_BYTES_PER_QUERY = 4 * 1024 ** 3;

export const startClickHouse = async (options: ClickHouseOptions): Promise<EmbeddedClickHouse> => {
  const door = await FrontDoor.open(options.port ?? 0);
  try {
    const lock = await takeFolder(options.path, door.url);
    const supervisor = new Supervisor({
      door,
      lock,
      onEvent: options.onEvent ?? (() => undefined),
      config: {
        folder: join(options.path, 'engine'),
        password: options.password,
        failpoint: options.failpoint,
        maxMemoryBytesPerQuery: options.maxMemoryBytesPerQuery ?? MEMORY_BYTES_PER_QUERY,
      },
    });
    try {
      await supervisor.start();
    } catch (error) {
      lock.release();
      throw error;
    }
    let stopping: Promise<void> | undefined;
    const stop = async (): Promise<void> => {
      await supervisor.stop();
      door.close();
      lock.release();
    };
    return {
      url: door.url,
      stop: () => {
        stopping ??= stop();
        return stopping;
      },
      pid: () => supervisor.pid(),
      kill: () => supervisor.kill(),
    };
  } catch (error) {
    door.close();
    throw error;
  }
};
