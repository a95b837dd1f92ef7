/** Takes a JSON document apart as it arrives, by counting brackets. */
import {
  BomFilter,
  type CutBody,
  type CutPiece,
  type Cutter,
  isBlank,
  isJsonSpace,
  PieceBuffer,
} from './cut-lines.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

type Where = 'start' | 'one' | 'array' | 'closed' | 'broken';

export class ElementCutter implements Cutter {
  readonly #pieces: CutPiece[] = [];
  readonly #buffer: PieceBuffer;
  readonly #bom = new BomFilter();
  #where: Where = 'start';
  #depth = 0;
  #inString = false;
  #escaped = false;

  constructor(elementBytesMax: number) {
    this.#buffer = new PieceBuffer(elementBytesMax);
  }

  get count(): number {
    return this.#pieces.length;
  }

  push(arrived: Uint8Array): void {
    const chunk = this.#bom.pass(arrived);
    let from = 0;
    if (this.#where === 'start') {
      while (from < chunk.length && isJsonSpace(chunk[from])) from += 1;
      if (from === chunk.length) return;
      this.#where = chunk[from] === OPEN_ARRAY ? 'array' : 'one';
      if (this.#where === 'array') from += 1;
    }
    if (this.#where === 'array') from = this.#cut(chunk, from);
    if (this.#where === 'one') this.#buffer.add(chunk.subarray(from));
    else if (this.#where === 'closed' && !isBlank(chunk.subarray(from))) this.#where = 'broken';
  }

  end(): CutBody {
    switch (this.#where) {
      case 'start':
        return { pieces: [] };
      case 'one':
        return { pieces: [this.#buffer.take(1)] };
      case 'closed':
        return this.#checked();
      case 'array':
        return { pieces: [], problem: { code: 'not_json', line: this.#pieces.length + 1 } };
      case 'broken':
        return { pieces: [], problem: { code: 'not_json', line: Math.max(1, this.count) } };
    }
  }

  #checked(): CutBody {
    const [first] = this.#pieces;
    const isEmpty = this.#pieces.length === 1 && first?.bytes !== undefined && isBlank(first.bytes);
    if (isEmpty) return { pieces: [] };
    const hole = this.#pieces.find(({ bytes }) => bytes !== undefined && isBlank(bytes));
    if (hole === undefined) return { pieces: this.#pieces };
    return { pieces: [], problem: { code: 'not_json', line: hole.line } };
  }

  #cut(chunk: Uint8Array, start: number): number {
    let from = start;
    for (let at = start; at < chunk.length; at++) {
      const byte = chunk[at];
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === BACKSLASH) this.#escaped = true;
        else if (byte === QUOTE) this.#inString = false;
      } else if (byte === QUOTE) this.#inString = true;
      else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) this.#depth += 1;
      else if (this.#depth > 0 && (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY)) this.#depth -= 1;
      else if (this.#depth === 0 && (byte === COMMA || byte === CLOSE_ARRAY)) {
        this.#buffer.add(chunk.subarray(from, at));
        this.#pieces.push(this.#buffer.take(this.#pieces.length + 1));
        from = at + 1;
        if (byte === CLOSE_ARRAY) {
          this.#where = 'closed';
          return from;
        }
      }
    }
    this.#buffer.add(chunk.subarray(from));
    return chunk.length;
  }
}
