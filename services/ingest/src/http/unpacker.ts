/**
 * Unpacks a body as it arrives, gzip by Node's zlib, zstd by `fzstd` since Node has it from 22.15 only. Whoever
 * takes the chunks bounds what comes out and may refuse by throwing; nothing is held here but what the decoders hold.
 */
import { createGunzip } from 'node:zlib';
import { Decompress } from 'fzstd';
import { HttpRefusal } from './http-error.ts';
import { ZstdBounds } from './zstd-bounds.ts';

export const PACKINGS = ['gzip', 'zstd'] as const;
export type Packing = (typeof PACKINGS)[number];

const GUNZIP_CHUNK_BYTES = 64 * 1024;

export interface UnpackerEnds {
  /** Takes one chunk; what it throws ends the unpacking with that. */
  readonly sink: (chunk: Uint8Array) => void;
  readonly done: () => void;
  readonly fail: (cause: Error) => void;
}

export interface Unpacker {
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

/** What is wrong with the stream is the sender's; what refuses it says so itself. */
function refusalOf(cause: unknown): HttpRefusal {
  return cause instanceof HttpRefusal ? cause : new HttpRefusal('bad_zstd');
}

function unzstd({ sink, done, fail }: UnpackerEnds): Unpacker {
  const bounds = new ZstdBounds();
  let isOver = false;
  const decoder = new Decompress((chunk) => {
    if (chunk.length > 0) sink(chunk);
  });
  const attempt = (step: () => void) => {
    if (isOver) return;
    try {
      step();
    } catch (cause) {
      isOver = true;
      fail(refusalOf(cause));
    }
  };
  return {
    write: (chunk) => {
      attempt(() => {
        bounds.look(chunk);
        decoder.push(chunk);
      });
      return true;
    },
    onDrain: (resume) => resume(),
    end: () =>
      attempt(() => {
        decoder.push(new Uint8Array(0), true);
        done();
      }),
    destroy: () => {
      isOver = true;
    },
  };
}

export function unpackerOf(packing: Packing, ends: UnpackerEnds): Unpacker {
  return packing === 'gzip' ? gunzip(ends) : unzstd(ends);
}
