/**
 * Whether every page that the current snapshot reaches lies within the file and is what its parent
 * says; lmdb itself would end the process. Layout: lmdb 0.9 as lmdb-js has it.
 */
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { EventLogError } from '../port.ts';

const FILE = 'data.mdb';
const META_BYTES = 256;
const MAGIC = 0xbeefc0de;
const PAGE_BYTES_MAX = 65_536;
const HEADER_BYTES = 24;
const NODE_BYTES = 8;
const DATABASE_BYTES = 48;
/** Of lmdb: a cursor's stack. */
const DEPTH_MAX = 32;
const NO_PAGE = 0xffff_ffff_ffff_ffffn;
const BRANCH = 0x01;
const LEAF = 0x02;
const META = 0x08;
const BIG_DATA = 0x01;
const SUB_DATABASE = 0x02;
const OVERLAPPING_SYNC = 0x1000;

interface Tree {
  readonly root: bigint;
  readonly depth: number;
}

interface Meta {
  readonly pageBytes: number;
  readonly flushed: boolean;
  readonly boot: bigint;
  readonly transaction: bigint;
  readonly trees: readonly Tree[];
}

class PageProblem extends Error {}

const notAsWritten = (page: number) => new PageProblem(`page ${page} is not as written`);

const treeAt = (bytes: Buffer, at: number): Tree => ({
  depth: bytes.readUInt16LE(at + 6),
  root: bytes.readBigUInt64LE(at + 40),
});

function bootId(): bigint {
  try {
    const [first = ''] = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').split('-');
    return BigInt(`0x${first}`);
  } catch {
    // Not Linux: lmdb then knows no boot either.
    return 0n;
  }
}

/** As `mdb_pick_meta`: after a crash of the machine the last flushed snapshot counts. */
function picked(a: Meta, b: Meta, boot: bigint): Meta {
  if (b.transaction === 0n) return a;
  const latest = a.transaction >= b.transaction ? a : b;
  if ((latest.boot !== 0n && latest.boot === boot) || latest.flushed) return latest;
  return a.transaction > b.transaction ? b : a;
}

class PageFile {
  readonly #file: number;
  readonly #bytes: number;
  readonly #free: Buffer[] = [];
  #pageBytes = 0;
  #seen = 0;

  constructor(file: number) {
    this.#file = file;
    this.#bytes = fstatSync(file).size;
  }

  check(): void {
    const { pageBytes, trees } = this.#meta();
    this.#pageBytes = pageBytes;
    for (const tree of trees) this.#tree(tree);
  }

  #meta(): Meta {
    const first = this.#metaAt(0, true);
    const { pageBytes } = first;
    const valid = pageBytes >= 512 && pageBytes <= PAGE_BYTES_MAX;
    if (!valid || (pageBytes & (pageBytes - 1)) !== 0) throw new PageProblem('page 0 is no head');
    const boot = bootId();
    const half = picked(first, this.#metaAt(pageBytes / 2, false), boot);
    return picked(half, this.#metaAt(pageBytes, true), boot);
  }

  #metaAt(at: number, mustBe: boolean): Meta {
    const bytes = Buffer.alloc(META_BYTES);
    const isRead = readSync(this.#file, bytes, 0, META_BYTES, at) === META_BYTES;
    const isMeta = bytes.readUInt16LE(18) === META && bytes.readUInt32LE(24) === MAGIC;
    if (!isRead || (mustBe && !isMeta)) throw new PageProblem(`the head at byte ${at} is gone`);
    return {
      pageBytes: bytes.readUInt32LE(48),
      flushed: (bytes.readUInt16LE(52) & OVERLAPPING_SYNC) === 0,
      trees: [treeAt(bytes, 48), treeAt(bytes, 96)],
      transaction: bytes.readBigUInt64LE(152),
      boot: bytes.readBigInt64LE(160),
    };
  }

  #tree({ root, depth }: Tree): void {
    if (root === NO_PAGE) return;
    if (depth < 1 || depth > DEPTH_MAX) throw new PageProblem(`page ${root} has no depth`);
    this.#page(Number(root), depth);
  }

  #page(page: number, height: number): void {
    const bytes = this.#read(page);
    const flags = bytes.readUInt16LE(18);
    const lower = bytes.readUInt16LE(20);
    const isKind = (flags & (BRANCH | LEAF)) === (height === 1 ? LEAF : BRANCH);
    const end = HEADER_BYTES + lower;
    const isRight = bytes.readBigUInt64LE(0) === BigInt(page) && isKind && end <= this.#pageBytes;
    if (!isRight) throw notAsWritten(page);
    for (let at = HEADER_BYTES; at < end; at += 2) {
      const node = HEADER_BYTES + bytes.readUInt16LE(at);
      if (node < end || node + NODE_BYTES > this.#pageBytes) throw notAsWritten(page);
      if (height === 1) this.#leafNode(bytes, page, node);
      else
        this.#page(bytes.readUInt32LE(node) + bytes.readUInt16LE(node + 4) * 2 ** 32, height - 1);
    }
    this.#free.push(bytes);
  }

  #leafNode(bytes: Buffer, page: number, node: number): void {
    const size = bytes.readUInt32LE(node);
    const flags = bytes.readUInt16LE(node + 4);
    const data = node + NODE_BYTES + bytes.readUInt16LE(node + 6);
    const stored = (flags & BIG_DATA) === 0 ? size : 8;
    if (data + stored > this.#pageBytes) throw notAsWritten(page);
    if ((flags & BIG_DATA) !== 0) {
      const first = Number(bytes.readBigUInt64LE(data));
      const pages = Math.floor((HEADER_BYTES - 1 + size) / this.#pageBytes) + 1;
      this.#within(first, pages);
    } else if ((flags & SUB_DATABASE) !== 0 && size === DATABASE_BYTES) {
      this.#tree(treeAt(bytes, data));
    }
  }

  #read(page: number): Buffer {
    this.#within(page, 1);
    // A tree that loops has more pages than the file.
    this.#seen += 1;
    if (this.#seen * this.#pageBytes > this.#bytes) throw new PageProblem('pages form a loop');
    const bytes = this.#free.pop() ?? Buffer.allocUnsafe(this.#pageBytes);
    readSync(this.#file, bytes, 0, this.#pageBytes, page * this.#pageBytes);
    return bytes;
  }

  #within(first: number, pages: number): void {
    const end = (first + pages) * this.#pageBytes;
    if (first < 2 || end > this.#bytes) {
      throw new PageProblem(`it has ${this.#bytes} bytes and lacks page ${first + pages - 1}`);
    }
  }
}

/** Why the environment in the folder `path` can't be opened; undefined when it can be, or made. */
export function pageProblem(path: string): string | undefined {
  let file: number;
  try {
    file = openSync(join(path, FILE), 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    // A kill within the first start leaves it empty.
    if (fstatSync(file).size === 0) return undefined;
    new PageFile(file).check();
    return undefined;
  } catch (error) {
    if (error instanceof PageProblem) return `${FILE} is damaged: ${error.message}`;
    throw error;
  } finally {
    closeSync(file);
  }
}

/** Throws `damaged`, or `state_damaged` for what is made anew from the log. */
export function assertPages(path: string, code: 'damaged' | 'state_damaged'): void {
  const problem = pageProblem(path);
  if (problem !== undefined) throw new EventLogError(code, `${path}: ${problem}`);
}
