/**
 * Receives a body: unpacks it as it arrives, hands it on in chunks, and stops at the first that is
 * one too many. Nothing is held here; whoever takes the chunks may refuse by throwing.
 */
import type { IncomingMessage } from 'node:http';
import { createGunzip, type Gunzip } from 'node:zlib';
import { HttpRefusal } from './http-error.ts';
import type { Hold } from './in-hand.ts';

/** One request, as sent and unpacked; about 5,000 events of 1.5 KB. */
export const BODY_BYTES_MAX = 8 * 1024 * 1024;
/** Unpacked to packed: JSON lines pack 10 to 50 times, deflate's bound is about 1,000. */
export const RATIO_MAX = 200;
const RATIO_FROM_BYTES = 1024 * 1024;
const GUNZIP_CHUNK_BYTES = 64 * 1024;

export interface ReceiveOptions {
  readonly packed: boolean;
  readonly bytesMax: number;
  /** The longest pause within the body. */
  readonly pauseMsMax: number;
  readonly hold: Hold;
  /** Takes one chunk of the unpacked body; what it throws ends the reception. */
  readonly sink: (chunk: Uint8Array) => void;
}

/** The sender went away before its body ended: there is nobody to answer. */
export class SenderGone extends Error {
  constructor() {
    super('the sender went away');
    this.name = 'SenderGone';
  }
}

class Reception {
  readonly #options: ReceiveOptions;
  #packedBytes = 0;
  #bytes = 0;

  constructor(options: ReceiveOptions) {
    this.#options = options;
  }

  packed(chunk: Uint8Array): void {
    this.#packedBytes += chunk.length;
    if (this.#packedBytes > this.#options.bytesMax) throw new HttpRefusal('body_too_large');
  }

  unpacked(chunk: Uint8Array): void {
    const { packed, bytesMax, hold, sink } = this.#options;
    this.#bytes += chunk.length;
    if (packed && this.#bytes > RATIO_FROM_BYTES && this.#bytes > this.#packedBytes * RATIO_MAX) {
      throw new HttpRefusal('compression_ratio');
    }
    if (this.#bytes > bytesMax) throw new HttpRefusal('body_too_large');
    if (!hold.add(chunk.length)) throw new HttpRefusal('busy');
    sink(chunk);
  }
}

function unpacker(reception: Reception, done: () => void, fail: (cause: Error) => void): Gunzip {
  const gunzip = createGunzip({ chunkSize: GUNZIP_CHUNK_BYTES });
  gunzip.on('data', (chunk: Buffer) => {
    try {
      reception.unpacked(chunk);
    } catch (cause) {
      fail(cause as Error);
    }
  });
  gunzip.on('end', done);
  gunzip.on('error', () => fail(new HttpRefusal('bad_gzip')));
  return gunzip;
}

/** Resolves when all chunks were taken; rejects with `HttpRefusal`, or `SenderGone`. */
export function receiveBody(request: IncomingMessage, options: ReceiveOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const reception = new Reception(options);
    let isOver = false;
    const finish = (cause?: Error) => {
      if (isOver) return;
      isOver = true;
      clearTimeout(pause);
      request.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
      // The rest is thrown away by whoever answers; an error of a connection on its way out is none.
      request.on('error', () => undefined);
      gunzip?.destroy();
      if (cause === undefined) resolve();
      else reject(cause);
    };
    const pause = setTimeout(() => finish(new HttpRefusal('request_timeout')), options.pauseMsMax);
    const gunzip = options.packed ? unpacker(reception, () => finish(), finish) : undefined;
    const onData = (chunk: Buffer) => {
      pause.refresh();
      try {
        if (gunzip === undefined) return reception.unpacked(chunk);
        reception.packed(chunk);
        if (gunzip.write(chunk)) return;
        request.pause();
        gunzip.once('drain', () => request.resume());
      } catch (cause) {
        finish(cause as Error);
      }
    };
    const onEnd = () => (gunzip === undefined ? finish() : gunzip.end());
    const onClose = () => finish(request.complete ? undefined : new SenderGone());
    request.on('data', onData).on('end', onEnd).on('error', onClose);
    // A packed body ends before it is unpacked; the connection may then close while that goes on.
    if (gunzip === undefined) request.on('close', onClose);
    else request.on('aborted', () => finish(new SenderGone()));
  });
}
