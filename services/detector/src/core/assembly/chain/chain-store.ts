/**
 * Where a chain lives in the stage's draft: one record of it all (`chain-record.ts`), one a step, and
 * one a table entry, so that a step of a long chain writes a few small records and never the whole
 * chain. Of a short chain the tables that every step touches stand in the one record.
 *
 * The tables answer: which steps made or used this value, which are this agent's, who handed over
 * to whom. `get` of a draft returns shared data: everything here is replaced, never changed.
 */
import type { PrivilegeLink } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import type { ChainMeta, Lead } from './chain-meta.ts';
import { ChainRecord, type OwnMeta } from './chain-record.ts';
import {
  agentIn,
  type ChainRoll,
  eventsOf,
  hasRoom,
  numberIn,
  withAgent,
  withEvent,
  withoutEvent,
  withTexts,
} from './chain-roll.ts';
import type { ChainStep } from './chain-step.ts';
import { NO_STEPS, type StepTable, withStep } from './chain-tables.ts';
import { type ForeignCalls, foreignCalls } from './foreign-calls.ts';
import { AskedHubs, restNoMore } from './hub-values.ts';
import { LinkTables } from './link-tables.ts';
import type { ChainTexts } from './text-table.ts';

const NO_LINKS: readonly PrivilegeLink[] = [];

export class ChainStore {
  readonly #draft: Draft;
  readonly #tenant: string;
  readonly #prefix: string;
  readonly #record: ChainRecord;
  readonly #steps = new Map<number, ChainStep>();
  readonly #agents = new Map<string, StepTable>();
  #hubs: AskedHubs | undefined;
  #tables: LinkTables | undefined;
  #foreign: ForeignCalls | undefined;

  constructor(draft: Draft, tenant: string, chain: string) {
    this.#draft = draft;
    this.#tenant = tenant;
    // With the tenant's length before it, no name can reach into another chain's keys.
    this.#prefix = `chain/${tenant.length}/${tenant}/${chain.length}/${chain}/`;
    this.#record = new ChainRecord(draft, `${this.#prefix}meta`);
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
    return this.#record.meta();
  }

  putMeta(meta: ChainMeta): void {
    this.#record.putMeta(meta);
  }

  /** Puts `meta` with these changes. */
  changeMeta(meta: ChainMeta, changes: Partial<ChainMeta>): ChainMeta {
    return this.#record.changeMeta(meta, changes);
  }

  /** Puts `meta`, for whoever then writes its fields. */
  ownMeta(meta: ChainMeta): OwnMeta {
    return this.#record.ownMeta(meta);
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

  texts(): ChainTexts | undefined {
    const roll = this.#record.roll();
    return roll === null ? this.#draft.get(`${this.#prefix}texts`) : roll.texts;
  }

  putTexts(texts: ChainTexts): void {
    const roll = this.#record.roll();
    if (roll === null) this.#draft.put(`${this.#prefix}texts`, texts);
    else this.#record.putRoll(withTexts(roll, texts));
  }

  /** What is kept of the chain beside its steps and tables, by whoever keeps it (`chain-texts.ts`). */
  part<T>(name: string): T | undefined {
    return this.#draft.get(this.#prefix + name);
  }

  putPart(name: string, value: unknown): void {
    this.#draft.put(this.#prefix + name, value);
  }

  dropPart(name: string): void {
    this.#draft.delete(this.#prefix + name);
  }

  step(n: number): ChainStep | undefined {
    if (n < 0) return this.foreign().steps[-1 - n];
    const kept = this.#steps.get(n) ?? this.#draft.get<ChainStep>(`${this.#prefix}step/${n}`);
    if (kept !== undefined) this.#steps.set(n, kept);
    return kept;
  }

  /** Live steps of a list of arrival numbers. */
  stepsOf(numbers: Iterable<number>): readonly ChainStep[] {
    const found: ChainStep[] = [];
    for (const n of numbers) {
      const step = this.step(n);
      if (step !== undefined) found.push(step);
    }
    return found;
  }

  *all(meta: ChainMeta): Generator<ChainStep> {
    for (let n = 0; n < meta.next; n += 1) {
      const step = this.step(n);
      if (step !== undefined) yield step;
    }
  }

  numberOf(eventId: string): number | undefined {
    const roll = this.#record.roll();
    return roll === null
      ? this.#draft.get(`${this.#prefix}id/${eventId}`)
      : numberIn(roll, eventId);
  }

  stepOf(eventId: string): ChainStep | undefined {
    const n = this.numberOf(eventId);
    return n === undefined ? undefined : this.step(n);
  }

  /** Whether the value is too common to link one call to this use; a conclusion may rest on it. */
  isHub(fp: string, from: ChainStep, use: ChainStep): boolean {
    return this.hubs.isHub(fp, from, use);
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
    const roll = this.#record.roll();
    if (roll !== null) return agentIn(roll, uid);
    const known = this.#agents.get(uid);
    if (known !== undefined) return known;
    const table = this.#draft.get<StepTable>(`${this.#prefix}agent/${uid}`) ?? NO_STEPS;
    this.#agents.set(uid, table);
    return table;
  }

  #putAgent(uid: string, table: StepTable): void {
    const roll = this.#record.roll();
    if (roll !== null) {
      this.#record.putRoll(withAgent(roll, uid, table));
      return;
    }
    this.#agents.set(uid, table);
    if (table.steps.length > 0) this.#draft.put(`${this.#prefix}agent/${uid}`, table);
    else this.#draft.delete(`${this.#prefix}agent/${uid}`);
  }

  /** In the place of what stood under its number, for which the tables hold. */
  putStep(step: ChainStep): void {
    this.#steps.set(step.n, step);
    this.#draft.put(`${this.#prefix}step/${step.n}`, step);
  }

  /** Keeps a step; the tables by which links find it come with `index`. */
  add(step: ChainStep): void {
    const { wire, n } = step;
    this.putStep(step);
    const roll = this.#record.roll();
    if (roll !== null && hasRoom(roll)) this.#record.putRoll(withEvent(roll, wire.event_id));
    else {
      if (roll !== null) this.#unroll(roll);
      this.#draft.put(`${this.#prefix}id/${wire.event_id}`, n);
    }
    this.#putAgent(wire.agent_uid, withStep(this.agent(wire.agent_uid), step));
  }

  /** The chain is not short any more. */
  #unroll(roll: ChainRoll): void {
    this.#record.putRoll(null);
    for (const [event, n] of eventsOf(roll)) this.#draft.put(`${this.#prefix}id/${event}`, n);
    for (const { agent, table } of roll.agents) this.#putAgent(agent, table);
    if (roll.texts !== undefined) this.putTexts(roll.texts);
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
    const roll = this.#record.roll();
    if (roll === null) this.#draft.delete(`${this.#prefix}id/${wire.event_id}`);
    else this.#record.putRoll(withoutEvent(roll, n));
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
    this.#draft.delete(`${this.#prefix}texts`);
    this.#record.drop();
  }
}
