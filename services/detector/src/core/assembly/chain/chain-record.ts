/**
 * The one record of a chain: what is known of it without its steps (`chain-meta.ts`), and while it is
 * short also of them (`chain-roll.ts`). Read once and put once for a record of the stage, however
 * often what it holds changes meanwhile.
 */
import type { Draft } from '@waywarden/stage';
import { type ChainMeta, copyOfMeta } from './chain-meta.ts';
import { type ChainRoll, EMPTY_ROLL } from './chain-roll.ts';

/** Of the record at hand alone; once that is decided, nothing of it is changed any more. */
export type OwnMeta = { -readonly [K in keyof ChainMeta]: ChainMeta[K] };

interface Kept {
  meta: ChainMeta;
  /** Null: the chain is not short any more. */
  roll: ChainRoll | null;
}

export class ChainRecord {
  readonly #draft: Draft;
  readonly #key: string;
  #isRead = false;
  #meta: ChainMeta | undefined;
  #roll: ChainRoll | null = EMPTY_ROLL;
  /** What was put here: nobody else has seen it yet, and so it is changed in place. */
  #own: Kept | undefined;
  #ownMeta: OwnMeta | undefined;

  constructor(draft: Draft, key: string) {
    this.#draft = draft;
    this.#key = key;
  }

  meta(): ChainMeta | undefined {
    this.#read();
    return this.#meta;
  }

  putMeta(meta: ChainMeta): void {
    this.#set(copyOfMeta(meta));
    this.#ownMeta = undefined;
  }

  /**
   * Puts `meta` with these changes. What was put here itself is changed in place: a step changes it up
   * to five times, and each copy of so many fields costs a tenth of reading its event.
   */
  changeMeta(meta: ChainMeta, changes: Partial<ChainMeta>): ChainMeta {
    return Object.assign(this.ownMeta(meta), changes);
  }

  /** Puts `meta`, for whoever then writes its fields: with many of them that is quicker than to copy changes. */
  ownMeta(meta: ChainMeta): OwnMeta {
    if (meta === this.#ownMeta) return this.#ownMeta;
    const own: OwnMeta = copyOfMeta(meta);
    this.#set(own);
    this.#ownMeta = own;
    return own;
  }

  /** In one shape, so that its bytes are the same whether it was read back meanwhile or not. */
  #set(meta: ChainMeta): void {
    this.#read();
    this.#meta = meta;
    this.#put();
  }

  roll(): ChainRoll | null {
    this.#read();
    return this.#roll;
  }

  /** Of a chain that is just opened it is put with what is known of it. */
  putRoll(roll: ChainRoll | null): void {
    this.#read();
    this.#roll = roll;
    this.#put();
  }

  drop(): void {
    this.#isRead = true;
    this.#meta = undefined;
    this.#roll = EMPTY_ROLL;
    this.#own = undefined;
    this.#ownMeta = undefined;
    this.#draft.delete(this.#key);
  }

  #read(): void {
    if (this.#isRead) return;
    this.#isRead = true;
    const kept = this.#draft.get<Kept>(this.#key);
    if (kept === undefined) return;
    this.#meta = kept.meta;
    this.#roll = kept.roll;
  }

  #put(): void {
    if (this.#meta === undefined) return;
    if (this.#own === undefined) {
      this.#own = { meta: this.#meta, roll: this.#roll };
      this.#draft.put(this.#key, this.#own);
      return;
    }
    this.#own.meta = this.#meta;
    this.#own.roll = this.#roll;
  }
}
