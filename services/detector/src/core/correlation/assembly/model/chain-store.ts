/**
 * Where a chain lives in the state: a record for the chain, each step and each table entry. `get` returns shared
 * data: everything is replaced, never changed.
 */
import type { PrivilegeLink } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import type { ChainMeta, Lead } from './chain-meta.ts';
import type { ChainStep } from './chain-step.ts';
import { type ForeignCalls, foreignCalls } from './foreign-calls.ts';
import { AskedHubs, restNoMore } from './hub-values.ts';
import { LinkTables } from './link-tables.ts';

const NONE: readonly never[] = [];

export class ChainStore {
  readonly #transaction: Transaction;
  readonly #prefix: string;
  readonly #steps = new Map<number, ChainStep>();
  readonly #hubs: AskedHubs;
  #foreign: ForeignCalls | undefined;
  readonly tables: LinkTables;

  constructor(transaction: Transaction, tenant: string, chain: string) {
    this.#transaction = transaction;
    // No name can reach into another chain's keys.
    this.#prefix = `chain/${tenant.length}/${tenant}/${chain.length}/${chain}/`;
    this.#hubs = new AskedHubs(transaction, tenant);
    this.tables = new LinkTables(transaction, this.#prefix, (n) => this.step(n));
  }

  part<T>(name: string): T | undefined {
    return this.#transaction.get(this.#prefix + name);
  }

  putPart(name: string, value: unknown): void {
    const isEmpty = value === undefined || (Array.isArray(value) && value.length === 0);
    if (isEmpty) this.#transaction.delete(this.#prefix + name);
    else this.#transaction.put(this.#prefix + name, value);
  }

  meta(): ChainMeta | undefined {
    return this.part('meta');
  }

  putMeta(meta: ChainMeta): void {
    this.putPart('meta', meta);
  }

  changeMeta(meta: ChainMeta, changes: Partial<ChainMeta>): ChainMeta {
    const changed = { ...meta, ...changes };
    this.putMeta(changed);
    return changed;
  }

  head<T>(combination: string): T | undefined {
    return this.part(`head/${combination}`);
  }

  putHead(combination: string, head: unknown): void {
    this.putPart(`head/${combination}`, head);
  }

  imports(): readonly PrivilegeLink[] {
    return this.part('imports') ?? NONE;
  }

  putImports(imports: readonly PrivilegeLink[]): void {
    this.#foreign = undefined;
    this.putPart('imports', imports);
  }

  foreign(): ForeignCalls {
    this.#foreign ??= foreignCalls(this.imports());
    return this.#foreign;
  }

  leads(): readonly Lead[] {
    return this.part('leads') ?? NONE;
  }

  putLeads(leads: readonly Lead[]): void {
    this.putPart('leads', leads);
  }

  step(n: number): ChainStep | undefined {
    if (n < 0) return this.foreign().steps[-1 - n];
    const retained = this.#steps.get(n) ?? this.part<ChainStep>(`step/${n}`);
    if (retained !== undefined) this.#steps.set(n, retained);
    return retained;
  }

  stepsOf(numbers: Iterable<number>): readonly ChainStep[] {
    const found: ChainStep[] = [];
    for (const n of numbers) {
      const step = this.step(n);
      if (step !== undefined) found.push(step);
    }
    return found;
  }

  all({ next }: ChainMeta): readonly ChainStep[] {
    return this.stepsOf(Array.from({ length: next }, (_, n) => n));
  }

  numberOf(eventId: string): number | undefined {
    return this.part(`id/${eventId}`);
  }

  stepOf(eventId: string): ChainStep | undefined {
    const n = this.numberOf(eventId);
    return n === undefined ? undefined : this.step(n);
  }

  numbersBy(uid: string): readonly number[] {
    return this.part(`agent/${uid}`) ?? NONE;
  }

  stepsBy(uid: string): readonly ChainStep[] {
    return this.stepsOf(this.numbersBy(uid));
  }

  isHub(fp: string, from: ChainStep, use: ChainStep): boolean {
    return this.#hubs.isHub(fp, from, use);
  }

  keepAsked(): void {
    const meta = this.meta();
    const asked = meta && this.#hubs.restingOn(meta);
    if (meta !== undefined && asked !== undefined) this.changeMeta(meta, { asked });
  }

  commonValues(meta: ChainMeta): number {
    return this.#hubs.countIn(this.all(meta));
  }

  putStep(step: ChainStep): void {
    this.#steps.set(step.n, step);
    this.putPart(`step/${step.n}`, step);
  }

  add(step: ChainStep): void {
    const { wire, n } = step;
    this.putStep(step);
    this.putPart(`id/${wire.event_id}`, n);
    this.putPart(`agent/${wire.agent_uid}`, [...this.numbersBy(wire.agent_uid), n]);
  }

  /** Most chains never need it. */
  index(meta: ChainMeta): ChainMeta {
    if (meta.indexed >= meta.next) return meta;
    let { hubs } = meta;
    for (let n = meta.indexed; n < meta.next; n += 1) {
      const step = this.step(n);
      if (step !== undefined) hubs += this.tables.add(step);
    }
    return this.changeMeta(meta, { hubs, indexed: meta.next });
  }

  remove(step: ChainStep, { indexed }: ChainMeta): void {
    const { wire, n } = step;
    this.#steps.delete(n);
    this.putPart(`step/${n}`, undefined);
    this.putPart(`id/${wire.event_id}`, undefined);
    this.putPart(
      `agent/${wire.agent_uid}`,
      this.numbersBy(wire.agent_uid).filter((one) => one !== n),
    );
    if (n < indexed) this.tables.remove(step);
  }

  drop(meta: ChainMeta): void {
    for (const step of this.all(meta)) this.remove(step, meta);
    for (const id of meta.heads) this.putHead(id, undefined);
    this.putImports([]);
    this.putLeads([]);
    restNoMore(this.#transaction, meta);
    this.putPart('texts', undefined);
    this.putPart('meta', undefined);
  }
}
