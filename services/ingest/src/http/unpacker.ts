/** Unpacks a body: gzip by Node's zlib, zstd by `fzstd`, since Node has it from 22.15 only. */
import { createGunzip } from 'node:zlib';
import { HttpRefusal } from '../intake/http-error.ts';
import { decodeZstd, type ZstdEnd } from './zstd-threads.ts';

const PACKINGS = ['gzip', 'zstd'] as const;
export type Packing = (typeof PACKINGS)[number];

const GUNZIP_CHUNK_BYTES = 64 * 1024;

interface UnpackerEnds {
  readonly bytesMax: number;
  readonly sink: (chunk: Uint8Array) => void;
  readonly done: () => void;
  readonly fail: (cause: Error) => void;
}

interface Unpacker {
  /** False: wait for `onDrain` before the next. */
  write(chunk: Uint8Array): boolean;
  onDrain(resume: () => void): void;
  end(): void;
  destroy(): void;
}

function gunzip({ sink, done, fail }: UnpackerEnds): Unpacker {
  const stream = createGunzip({ chunkSize: GUNZIP_CHUNK_BYTES });
  stream.on('data', (chunk: Buffer) => {
    try {
      sink(chunk);
    } catch (cause) {
      fail(cause as Error);
    }
  });
  stream.on('end', done);
  stream.on('error', () => fail(new HttpRefusal('bad_gzip')));
  return {
    write: (chunk) => stream.write(chunk),
    onDrain: (resume) => stream.once('drain', resume),
    end: () => stream.end(),
    destroy: () => stream.destroy(),
  };
}

/** Collected as it comes, judged by its headers, and decoded once it is whole: threads are few. */
function unzstd({ bytesMax, sink, done, fail }: UnpackerEnds): Unpacker {
  const bounds = new ZstdBounds();
  const chunks: Uint8Array[] = [];
  let isOver = false;
  const attempt = (step: () => void) => {
    if (isOver) return;
    try {
      step();
    } catch (cause) {
      isOver = true;
      fail(cause as Error);
    }
  };
  const ended = (how: ZstdEnd) =>
    attempt(() => {
      if (how === 'too_slow') throw new HttpRefusal('compression_ratio');
      if (how === 'damaged') throw new HttpRefusal('bad_zstd');
      done();
    });
  return {
    write: (chunk) => {
      attempt(() => {
        bounds.look(chunk);
        chunks.push(chunk);
      });
      return true;
    },
    onDrain: (resume) => resume(),
    end: () => {
      const out = (chunk: Uint8Array) => attempt(() => sink(chunk));
      const body = Buffer.concat(chunks.splice(0));
      if (!isOver) decodeZstd({ body, bytesMax, out, ended });
    },
    destroy: () => {
      isOver = true;
    },
  };
}

export function unpackerOf(packing: Packing, ends: UnpackerEnds): Unpacker {
  return packing === 'gzip' ? gunzip(ends) : unzstd(ends);
}

/** The most that RFC 8878 recommends a decoder to support. */
export const ZSTD_WINDOW_BYTES_MAX = 8 * 1024 * 1024;
/** Of one body: bytes of windows that are moved, one window a block, and frames. */
export const ZSTD_MOVED_BYTES_MAX = 1024 * 1024 * 1024;
export const ZSTD_FRAMES_MAX = 64;

const MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a5;
const MAGIC_BYTES = 4;
const SKIPPABLE_HEAD_BYTES = 8;
const FLAGS_AT = 4;
const BLOCK_HEAD_BYTES = 3;
const CHECKSUM_BYTES = 4;
const BLOCK_BYTES_MAX = 128 * 1024;
const RLE_BLOCK = 1;
const RESERVED_BLOCK = 3;

const little = (bytes: readonly number[], from: number, count: number): number => {
  let value = 0;
  for (let at = count - 1; at >= 0; at -= 1) value = value * 256 + (bytes[from + at] ?? 0);
  return value;
};

interface FrameHead {
  readonly bytes: number;
  readonly isSingle: boolean;
  readonly hasChecksum: boolean;
  readonly sizeBytes: number;
}

function frameHead(flags: number): FrameHead {
  const isSingle = (flags & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][flags & 3] ?? 0;
  const sizeFlag = flags >> 6;
  const sizeBytes = sizeFlag === 0 ? Number(isSingle) : 1 << sizeFlag;
  const windowBytes = isSingle ? 0 : 1;
  return {
    bytes: FLAGS_AT + 1 + windowBytes + dictionaryBytes + sizeBytes,
    isSingle,
    hasChecksum: (flags & 4) !== 0,
    sizeBytes,
  };
}

function windowOf(head: readonly number[], { isSingle, bytes, sizeBytes }: FrameHead): number {
  if (isSingle) {
    return little(head, bytes - sizeBytes, sizeBytes) + (sizeBytes === 2 ? 256 : 0);
  }
  const descriptor = head[FLAGS_AT + 1] ?? 0;
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

/**
 * What a zstd stream may ask of the decoder, judged from frame and block headers before decoding
 * (RFC 8878, sections 3.1.1 and 3.1.2): a frame of a few bytes may ask for a window of gigabytes,
 * and `fzstd` moves the whole window for each block.
 */
export class ZstdBounds {
  readonly #head: number[] = [];
  #skip = 0;
  #frame: FrameHead | undefined;
  #window = 0;
  #moved = 0;
  #frames = 0;

  look(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) {
      if (this.#skip > 0) {
        const passed = Math.min(this.#skip, chunk.length - at);
        this.#skip -= passed;
        at += passed;
        continue;
      }
      this.#head.push(chunk[at] ?? 0);
      at += 1;
      if (this.#frame === undefined) this.#lookAtFrame();
      else if (this.#head.length === BLOCK_HEAD_BYTES) this.#lookAtBlock(this.#frame);
    }
  }

  #lookAtFrame(): void {
    const head = this.#head;
    if (head.length < MAGIC_BYTES) return;
    const magic = little(head, 0, MAGIC_BYTES);
    if (magic !== MAGIC && Math.floor(magic / 16) !== SKIPPABLE_MAGIC) {
      throw new HttpRefusal('bad_zstd');
    }
    if (magic !== MAGIC) {
      if (head.length < SKIPPABLE_HEAD_BYTES) return;
      this.#skip = little(head, MAGIC_BYTES, SKIPPABLE_HEAD_BYTES - MAGIC_BYTES);
      this.#countFrame();
      return;
    }
    const flags = head[FLAGS_AT];
    if (flags === undefined) return;
    const frame = frameHead(flags);
    if (head.length < frame.bytes) return;
    this.#window = windowOf(head, frame);
    if (this.#window > ZSTD_WINDOW_BYTES_MAX) throw new HttpRefusal('compression_ratio');
    this.#frame = frame;
    this.#countFrame();
  }

  #countFrame(): void {
    this.#head.length = 0;
    this.#frames += 1;
    if (this.#frames > ZSTD_FRAMES_MAX) throw new HttpRefusal('compression_ratio');
  }

  #lookAtBlock(frame: FrameHead): void {
    const head = little(this.#head, 0, BLOCK_HEAD_BYTES);
    this.#head.length = 0;
    const type = (head >> 1) & 3;
    if (type === RESERVED_BLOCK) throw new HttpRefusal('bad_zstd');
    if (head >> 3 > BLOCK_BYTES_MAX) throw new HttpRefusal('bad_zstd');
    this.#skip = type === RLE_BLOCK ? 1 : head >> 3;
    this.#moved += this.#window;
    if (this.#moved > ZSTD_MOVED_BYTES_MAX) throw new HttpRefusal('compression_ratio');
    if ((head & 1) === 0) return;
    this.#skip += frame.hasChecksum ? CHECKSUM_BYTES : 0;
    this.#frame = undefined;
  }
}
