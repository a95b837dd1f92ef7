/** Unpacks a body: gzip by Node's zlib, zstd by `fzstd`, since Node has it from 22.15 only. */
import { createGunzip } from 'node:zlib';
import { HttpRefusal } from '../intake/http-error.ts';
import { ZstdBounds } from './zstd-bounds.ts';
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
