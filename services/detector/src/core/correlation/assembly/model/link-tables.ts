/** The tables by which links find steps: by value, hand-over, symbol, credential. */
import type { Transaction } from '@waywarden/stage';
import { VALUE_POSTINGS_MAX } from './assembly-limits.ts';
import { type ChainStep, compareSteps, isProvenCall } from './chain-step.ts';
import { joinsOf, symbolKeys, valuesOf } from './step-keys.ts';

interface ValueTable {
  readonly made: readonly number[];
  readonly used: readonly number[];
  readonly credential: readonly number[];
}

interface JoinTable {
  readonly over: readonly number[];
  readonly under: readonly number[];
}

const NO_VALUE: ValueTable = { made: [], used: [], credential: [] };
const NO_JOIN: JoinTable = { over: [], under: [] };

function valueKeys(step: ChainStep) {
  const { made, used } = valuesOf(step);
  const credential = step.wire.credential_fp;
  const all = new Set([...made, ...used, ...(credential ? [credential] : [])]);
  return { made, used, credential, all };
}

export class LinkTables {
  readonly #transaction: Transaction;
  readonly #prefix: string;
  readonly #step: (n: number) => ChainStep | undefined;

  constructor(
    transaction: Transaction,
    prefix: string,
    step: (n: number) => ChainStep | undefined,
  ) {
    this.#transaction = transaction;
    this.#prefix = prefix;
    this.#step = step;
  }

  value(fp: string): ValueTable {
    return this.#transaction.get<ValueTable>(`${this.#prefix}value/${fp}`) ?? NO_VALUE;
  }

  bySpan(span: string): JoinTable {
    return this.#join(`span/${span}`);
  }

  byRef(ref: string): JoinTable {
    return this.#join(`ref/${ref}`);
  }

  byDelegate(uid: string): JoinTable {
    return this.#join(`to/${uid}`);
  }

  byParent(uid: string): JoinTable {
    return this.#join(`by/${uid}`);
  }

  bySymbol(symbol: string): readonly number[] {
    return this.#transaction.get<readonly number[]>(`${this.#prefix}symbol/${symbol}`) ?? [];
  }

  firstWith(credential: string): number | undefined {
    return this.#transaction.get<number>(`${this.#prefix}first/${credential}`);
  }

  /** Returns how many values had a full table. */
  add(step: ChainStep): number {
    const { n } = step;
    for (const [key, side] of joinsOf(step)) {
      const table = this.#join(key);
      this.#put(`join/${key}`, { ...table, [side]: [...table[side], n] });
    }
    for (const symbol of symbolKeys(step))
      this.#put(`symbol/${symbol}`, [...this.bySymbol(symbol), n]);
    this.#addCredential(step);
    return this.#addValues(step);
  }

  remove(step: ChainStep): void {
    const { wire, n } = step;
    const without = (numbers: readonly number[]) => numbers.filter((one) => one !== n);
    for (const [key] of joinsOf(step)) {
      const { over, under } = this.#join(key);
      this.#put(`join/${key}`, { over: without(over), under: without(under) });
    }
    for (const symbol of symbolKeys(step))
      this.#put(`symbol/${symbol}`, without(this.bySymbol(symbol)));
    const uid = wire.credential_uid;
    if (uid !== undefined && this.firstWith(uid) === n) {
      this.#transaction.delete(`${this.#prefix}first/${uid}`);
    }
    for (const fp of valueKeys(step).all) {
      const { made, used, credential } = this.value(fp);
      this.#put(`value/${fp}`, {
        made: without(made),
        used: without(used),
        credential: without(credential),
      });
    }
  }

  #join(key: string): JoinTable {
    return this.#transaction.get<JoinTable>(`${this.#prefix}join/${key}`) ?? NO_JOIN;
  }

  #addCredential(step: ChainStep): void {
    const { credential_uid: uid, scope_grants: scopes } = step.wire;
    if (uid === undefined || scopes === undefined) return;
    const n = this.firstWith(uid);
    const before = n === undefined ? undefined : this.#step(n);
    if (before !== undefined && compareSteps(before, step) <= 0) return;
    this.#transaction.put(`${this.#prefix}first/${uid}`, step.n);
  }

  #addValues(step: ChainStep): number {
    const { made, used, credential, all } = valueKeys(step);
    let hubs = 0;
    for (const fp of all) {
      const table = this.value(fp);
      const next = {
        made: made.has(fp) ? this.#posting(table.made, step) : table.made,
        used: used.has(fp) ? this.#posting(table.used, step) : table.used,
        credential: credential === fp ? this.#posting(table.credential, step) : table.credential,
      };
      if (Math.max(next.made.length, next.used.length) >= VALUE_POSTINGS_MAX) hubs += 1;
      this.#put(`value/${fp}`, next);
    }
    return hubs;
  }

  /** The earliest stay, of the proven and the others each. */
  #posting(numbers: readonly number[], step: ChainStep): readonly number[] {
    if (numbers.length < VALUE_POSTINGS_MAX) return [...numbers, step.n];
    const steps = [...numbers.flatMap((n) => this.#step(n) ?? []), step].sort(compareSteps);
    const room = { proven: VALUE_POSTINGS_MAX, others: VALUE_POSTINGS_MAX };
    const retained = steps.filter(({ wire }) => {
      const of = isProvenCall(wire) ? 'proven' : 'others';
      room[of] -= 1;
      return room[of] >= 0;
    });
    return retained.map((one) => one.n);
  }

  #put(key: string, table: object): void {
    const lists = Array.isArray(table) ? [table] : Object.values(table);
    const isEmpty = lists.every((one) => Array.isArray(one) && one.length === 0);
    if (isEmpty) this.#transaction.delete(this.#prefix + key);
    else this.#transaction.put(this.#prefix + key, table);
  }
}
