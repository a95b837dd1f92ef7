/**
 * Where a chain lives in the stage's draft: one record a step and one a table entry, so that a step
 * of a long chain writes a few small records and never the whole chain.
 *
 * The tables answer: which steps made or used this value, which are this agent's, who handed over
 * to whom. `get` of a draft returns shared data: everything here is replaced, never changed.
 */
import type { PrivilegeLink } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import type { ChainMeta, Lead } from './chain-meta.ts';
import type { ChainStep } from './chain-step.ts';
import { NO_STEPS, type StepTable, withStep } from './chain-tables.ts';
import { type ForeignCalls, foreignCalls } from './foreign-calls.ts';
import { AskedHubs, restNoMore } from './hub-values.ts';
import { LinkTables } from './link-tables.ts';

const NO_LINKS: readonly PrivilegeLink[] = [];

export class ChainStore {
  readonly #draft: Draft;
  readonly #tenant: string;
  readonly #prefix: string;
  readonly #metaKey: string;
  readonly #steps = new Map<number, ChainStep>();
  readonly #agents = new Map<string, StepTable>();
  #hubs: AskedHubs | undefined;
  #tables: LinkTables | undefined;
  #foreign: ForeignCalls | undefined;
  #meta: ChainMeta | undefined;
  /** What this record has put: nobody else has seen it yet. */
  #own: ChainMeta | undefined;

  constructor(draft: Draft, tenant: string, chain: string) {
    this.#draft = draft;
    this.#tenant = tenant;
    // JSON quotes both, so no tenant or chain id can reach into another chain's keys.
    this.#prefix = `chain/${JSON.stringify([tenant, chain])}/`;
    this.#metaKey = `${this.#prefix}meta`;
  }

  /** Of the steps that are indexed. */
  get tables(): LinkTables {
    this.#tables ??= new LinkTables(this.#draft, this.#prefix, (n) => this.step(n));
    return this.#tables;
  }

  /** What is asked of values in this decision. */
  get hubs(): AskedHubs {
    this.#hubs ??= new AskedHubs(this.#draft, this.#tenant);
    return this.#hubs;
  }

  meta(): ChainMeta | undefined {
    this.#meta ??= this.#draft.get(this.#metaKey);
    return this.#meta;
  }

  putMeta(meta: ChainMeta): void {
    this.#meta = meta;
    this.#own = undefined;
    this.#draft.put(this.#metaKey, meta);
  }

  /**
   * Puts `meta` with these changes. What this record has put itself is changed in place: a step
   * changes it up to five times, and each copy of so many fields costs a tenth of reading its event.
   */
  changeMeta(meta: ChainMeta, changes: Partial<ChainMeta>): ChainMeta {
    if (meta === this.#own) return Object.assign(meta, changes);
    const own = { ...meta, ...changes };
    this.putMeta(own);
    this.#own = own;
    return own;
  }

  head<T>(combination: string): T | undefined {
    return this.#draft.get(`${this.#prefix}head/${combination}`);
  }

  putHead(combination: string, head: unknown): void {
    this.#draft.put(`${this.#prefix}head/${combination}`, head);
  }

  /** Links from other chains, by name. */
  imports(): readonly PrivilegeLink[] {
    return this.#draft.get<readonly PrivilegeLink[]>(`${this.#prefix}imports`) ?? NO_LINKS;
  }

  putImports(imports: readonly PrivilegeLink[]): void {
    this.#foreign = undefined;
    if (imports.length > 0) this.#draft.put(`${this.#prefix}imports`, imports);
    else this.#draft.delete(`${this.#prefix}imports`);
  }

  /** Calls of other chains that lead into this one. */
  foreign(): ForeignCalls {
    this.#foreign ??= foreignCalls(this.imports());
    return this.#foreign;
  }

  leads(): readonly Lead[] {
    return this.#draft.get<readonly Lead[]>(`${this.#prefix}leads`) ?? [];
  }

  putLeads(leads: readonly Lead[]): void {
    if (leads.length > 0) this.#draft.put(`${this.#prefix}leads`, leads);
    else this.#draft.delete(`${this.#prefix}leads`);
  }

  step(n: number): ChainStep | undefined {
    if (n < 0) return this.foreign().steps[-1 - n];
    const kept = this.#steps.get(n) ?? this.#draft.get<ChainStep>(`${this.#prefix}step/${n}`);
    if (kept !== undefined) this.#steps.set(n, kept);
    return kept;
  }

  /** Live steps of a list of arrival numbers. */
  *stepsOf(numbers: Iterable<number>): Generator<ChainStep> {
    for (const n of numbers) {
      const step = this.step(n);
      if (step !== undefined) yield step;
    }
  }

  *all(meta: ChainMeta): Generator<ChainStep> {
    for (let n = 0; n < meta.next; n += 1) {
      const step = this.step(n);
      if (step !== undefined) yield step;
    }
  }

  numberOf(eventId: string): number | undefined {
    return this.#draft.get(`${this.#prefix}id/${eventId}`);
  }

  /** Whether the value is too common to link anything to this use; a conclusion may rest on it. */
  isHub(fp: string, use: ChainStep): boolean {
    return this.hubs.isHub(fp, use);
  }

  /** Sees to it that the chain hears when one of the answers of `isHub` changes. */
  keepAsked(): void {
    const meta = this.meta();
    const asked = meta && this.hubs.restingOn(meta);
    if (meta !== undefined && asked !== undefined) this.changeMeta(meta, { asked });
  }

  /** How many of the values that this chain's calls used were too common there to link them. */
  commonValues(meta: ChainMeta): number {
    return this.hubs.countIn(this.all(meta));
  }

  agent(uid: string): StepTable {
    const known = this.#agents.get(uid);
    if (known !== undefined) return known;
    const table = this.#draft.get<StepTable>(`${this.#prefix}agent/${uid}`) ?? NO_STEPS;
    this.#agents.set(uid, table);
    return table;
  }

  #putAgent(uid: string, table: StepTable): void {
    this.#agents.set(uid, table);
    if (table.steps.length > 0) this.#draft.put(`${this.#prefix}agent/${uid}`, table);
    else this.#draft.delete(`${this.#prefix}agent/${uid}`);
  }

  /** Keeps a step; the tables by which links find it come with `index`. */
  add(step: ChainStep): void {
    const { wire, n } = step;
    this.#steps.set(n, step);
    this.#draft.put(`${this.#prefix}step/${n}`, step);
    this.#draft.put(`${this.#prefix}id/${wire.event_id}`, n);
    this.#putAgent(wire.agent_uid, withStep(this.agent(wire.agent_uid), step));
  }

  /**
   * Puts into the tables what is not there yet. Most chains never have all steps of any combination,
   * and so never need them: asked for only when links are to be followed.
   */
  index(meta: ChainMeta): ChainMeta {
    const from = meta.indexed ?? meta.next;
    if (from >= meta.next) return meta;
    let hubs = meta.hubs;
    for (let n = from; n < meta.next; n += 1) {
      const step = this.step(n);
      if (step !== undefined) hubs += this.tables.add(step);
    }
    return this.changeMeta(meta, { hubs, indexed: meta.next });
  }

  remove(step: ChainStep, { indexed, next }: ChainMeta): void {
    const { wire, n } = step;
    this.#steps.delete(n);
    this.#draft.delete(`${this.#prefix}step/${n}`);
    this.#draft.delete(`${this.#prefix}id/${wire.event_id}`);
    const own = this.agent(wire.agent_uid);
    const steps = own.steps.filter((one) => one !== n);
    this.#putAgent(wire.agent_uid, steps.length > 0 ? { ...own, steps } : NO_STEPS);
    if (n < (indexed ?? next)) this.tables.remove(step);
  }

  /** Forgets the chain. */
  drop(meta: ChainMeta): void {
    for (const step of [...this.all(meta)]) this.remove(step, meta);
    for (const combination of meta.heads) {
      this.#draft.delete(`${this.#prefix}head/${combination}`);
    }
    this.putImports([]);
    this.putLeads([]);
    restNoMore(this.#draft, meta);
    this.#meta = undefined;
    this.#own = undefined;
    this.#draft.delete(this.#metaKey);
  }
}
