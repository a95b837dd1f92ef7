/**
 * Whether the data folder's disk has room. A write that finds none leaves the log's end unknown and ends
 * `up`, so new events are refused while there is still room for what was taken to be decided and stored.
 */
import { statfsSync } from 'node:fs';
import type { ServiceHealth } from '@waywarden/service-health';
import type { Logger } from 'pino';

const EVERY_MS = 1_000;
const GIB = 1024 ** 3;
/** Free bytes below which a warning is given: so many, or this part of a small disk. */
const LOW_BYTES_MAX = 2 * GIB;
const LOW_SHARE = 0.15;
/** Below which nothing new is taken. */
const FULL_BYTES_MAX = GIB / 2;
const FULL_SHARE = 0.08;

export type DiskState = 'ok' | 'low' | 'full';

export interface Disk {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

export function diskState({ freeBytes, totalBytes }: Disk): DiskState {
  if (freeBytes < Math.min(FULL_BYTES_MAX, totalBytes * FULL_SHARE)) return 'full';
  return freeBytes < Math.min(LOW_BYTES_MAX, totalBytes * LOW_SHARE) ? 'low' : 'ok';
}

function diskOf(path: string): Disk {
  const { bsize, bavail, blocks } = statfsSync(path);
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}

const mib = (bytes: number): number => Math.round(bytes / 1024 ** 2);

export class DiskWatch {
  readonly #path: string;
  readonly #logger: Logger;
  readonly #look: (path: string) => Disk;
  readonly #timer: NodeJS.Timeout;
  #state: DiskState = 'ok';
  #freeBytes = 0;

  constructor(path: string, logger: Logger, look: (path: string) => Disk = diskOf) {
    this.#path = path;
    this.#logger = logger;
    this.#look = look;
    this.look();
    this.#timer = setInterval(() => this.look(), EVERY_MS);
    this.#timer.unref();
  }

  get hasRoom(): boolean {
    return this.#state !== 'full';
  }

  /** Undefined while there is room enough. */
  get sentence(): string | undefined {
    if (this.#state === 'ok') return undefined;
    const left = `The disk of ${this.#path} has ${mib(this.#freeBytes)} MiB left`;
    return this.#state === 'full'
      ? `${left}: new events are refused (503) until there is more; what was taken is decided, and everything can be read.`
      : `${left}. Make room, or keep less (--keep): below a bound new events are refused.`;
  }

  look(): void {
    const disk = this.#look(this.#path);
    const state = diskState(disk);
    this.#freeBytes = disk.freeBytes;
    if (state === this.#state) return;
    this.#state = state;
    if (state === 'ok') this.#logger.warn('the disk has room again');
    else this.#logger.error(this.sentence);
  }

  get freeBytes(): number {
    return this.#freeBytes;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

/** As metric, and as a condition while nothing new is taken. */
export function observeDisk({ metrics, readiness }: ServiceHealth, disk: DiskWatch): void {
  metrics.observe('waywarden_disk_free_bytes', () => [{ labels: {}, value: disk.freeBytes }]);
  metrics.observe('waywarden_disk_low', () => [
    { labels: {}, value: disk.sentence === undefined ? 0 : 1 },
  ]);
  readiness.check('disk', () =>
    disk.hasRoom ? undefined : { reason: 'disk_full', sentence: disk.sentence ?? '' },
  );
}
