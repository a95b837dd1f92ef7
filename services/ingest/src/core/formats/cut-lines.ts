/** Cuts lines as they arrive; of too long ones only the size goes on. Views, no copies. */

export const LINE_BYTES_MAX = 4 * 1024 * 1024;

/** From 1; bytes unless too many. */
export interface CutPiece {
  readonly line: number;
  readonly bytes?: Uint8Array;
  readonly size: number;
}

export class PieceBuffer {
  readonly #bytesMax: number;
  #parts: Uint8Array[] = [];
  #size = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get size(): number {
    return this.#size;
  }

  add(part: Uint8Array): void {
    if (part.length === 0) return;
    this.#size += part.length;
    if (this.#size > this.#bytesMax) this.#parts = [];
    else this.#parts.push(part);
  }

  take(line: number): CutPiece {
    const [only] = this.#parts;
    const size = this.#size;
    const parts = this.#parts;
    this.#parts = [];
    this.#size = 0;
    if (size > this.#bytesMax) return { line, size };
    if (parts.length === 1 && only !== undefined) return { line, bytes: only, size };
    const bytes = new Uint8Array(size);
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return { line, bytes, size };
  }
}

const LF = 0x0a;
const CR = 0x0d;
const TAB = 0x09;
const SPACE = 0x20;
const BOM = [0xef, 0xbb, 0xbf] as const;

export function isJsonSpace(byte: number | undefined): boolean {
  return byte === SPACE || byte === LF || byte === CR || byte === TAB;
}

export function isBlank(bytes: Uint8Array): boolean {
  return bytes.every(isJsonSpace);
}

export class BomFilter {
  #seen = 0;

  pass(chunk: Uint8Array): Uint8Array {
    let at = 0;
    while (this.#seen < BOM.length && at < chunk.length) {
      if (chunk[at] !== BOM[this.#seen]) {
        const inHand = this.#seen;
        this.#seen = BOM.length;
        if (inHand === 0) return chunk;
        const whole = new Uint8Array(inHand + chunk.length - at);
        whole.set(BOM.slice(0, inHand));
        whole.set(chunk.subarray(at), inHand);
        return whole;
      }
      this.#seen += 1;
      at += 1;
    }
    return chunk.subarray(at);
  }
}

/** `problem`: nothing may be taken. */
export interface CutBody {
  readonly pieces: readonly CutPiece[];
  readonly problem?: { readonly code: 'not_json'; readonly line: number };
}

export interface Cutter {
  readonly count: number;
  push(chunk: Uint8Array): void;
  end(): CutBody;
}

export class LineCutter implements Cutter {
  readonly #pieces: CutPiece[] = [];
  readonly #buffer: PieceBuffer;
  readonly #bom = new BomFilter();
  #line = 1;

  constructor(lineBytesMax: number) {
    this.#buffer = new PieceBuffer(lineBytesMax);
  }

  get count(): number {
    return this.#pieces.length;
  }

  push(arrived: Uint8Array): void {
    const chunk = this.#bom.pass(arrived);
    let from = 0;
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, from)) {
      this.#buffer.add(chunk.subarray(from, end));
      this.#finish();
      from = end + 1;
    }
    this.#buffer.add(chunk.subarray(from));
  }

  end(): CutBody {
    if (this.#buffer.size > 0) this.#finish();
    return { pieces: this.#pieces };
  }

  #finish(): void {
    const piece = this.#buffer.take(this.#line);
    this.#line += 1;
    if (piece.bytes === undefined || !isBlank(piece.bytes)) this.#pieces.push(piece);
  }
}
