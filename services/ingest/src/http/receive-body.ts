/** Receives and unpacks a body, in chunks, and stops at the first that is one too many. */
import type { IncomingMessage } from 'node:http';
import { HttpRefusal } from '../intake/http-error.ts';
import type { Hold } from '../intake/in-hand.ts';
import { type Packing, unpackerOf } from './unpacker.ts';

/** One request, as sent and unpacked; about 5,000 events of 1.5 KB. */
export const BODY_BYTES_MAX = 8 * 1024 * 1024;
/** Unpacked to packed: JSON lines pack 10 to 50 times, deflate's bound is about 1,000. */
export const RATIO_MAX = 200;
const RATIO_FROM_BYTES = 1024 * 1024;

interface ReceiveOptions {
  readonly packing: Packing | undefined;
  readonly bytesMax: number;
  readonly pauseMsMax: number;
  readonly hold: Hold;
  readonly sink: (chunk: Uint8Array) => void;
}

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
    const { bytesMax, packing, hold } = this.#options;
    if (this.#packedBytes > bytesMax) throw new HttpRefusal('body_too_large');
    // Held until it is whole, beside what comes out of it.
    if (packing === 'zstd' && !hold.add(chunk.length)) throw new HttpRefusal('busy');
  }

  unpacked(chunk: Uint8Array): void {
    const { packing, bytesMax, hold, sink } = this.#options;
    this.#bytes += chunk.length;
    const isPacked = packing !== undefined;
    if (isPacked && this.#bytes > RATIO_FROM_BYTES && this.#bytes > this.#packedBytes * RATIO_MAX) {
      throw new HttpRefusal('compression_ratio');
    }
    if (this.#bytes > bytesMax) throw new HttpRefusal('body_too_large');
    if (!hold.add(chunk.length)) throw new HttpRefusal('busy');
    sink(chunk);
  }
}

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
      unpacker?.destroy();
      if (cause === undefined) resolve();
      else reject(cause);
    };
    const pause = setTimeout(() => finish(new HttpRefusal('request_timeout')), options.pauseMsMax);
    const unpacker =
      options.packing === undefined
        ? undefined
        : unpackerOf(options.packing, {
            bytesMax: options.bytesMax,
            sink: (chunk) => reception.unpacked(chunk),
            done: () => finish(),
            fail: finish,
          });
    const onData = (chunk: Buffer) => {
      pause.refresh();
      try {
        if (unpacker === undefined) return reception.unpacked(chunk);
        reception.packed(chunk);
        if (unpacker.write(chunk)) return;
        request.pause();
        unpacker.onDrain(() => request.resume());
      } catch (cause) {
        finish(cause as Error);
      }
    };
    const onEnd = () => (unpacker === undefined ? finish() : unpacker.end());
    const onClose = () => finish(request.complete ? undefined : new SenderGone());
    request.on('data', onData).on('end', onEnd).on('error', onClose);
    // A packed body ends before it is unpacked; the connection may then close while that goes on.
    if (unpacker === undefined) request.on('close', onClose);
    else request.on('aborted', () => finish(new SenderGone()));
  });
}
