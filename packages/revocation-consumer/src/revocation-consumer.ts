/**
 * The receiving end of revocation: follows a source of commands, believes what is signed for it,
 * applies each once and in order, answers with signed receipts, and says of every call whether it may
 * pass, also while nothing is heard.
 *
 * A batch is applied, then kept with its receipts and its place, then the receipts are sent: a crash
 * in between repeats the sending and nothing else. An `apply` of your own (ask the identity provider
 * to revoke) may be run again after a crash and must bear that; the deny list does.
 */
import type { JwsKeyRing, Receipt, RevocationCommand } from '@waywarden/schemas';
import { type CallFacts, missingFacts, REFUSING_ACTIONS } from './call-facts.ts';
import type { CommandBatch } from './command-source.ts';
import type { ConsumerOptions } from './consumer-options.ts';
import type { ConsumerState } from './consumer-state.ts';
import { DenyList, type Verdict } from './deny-list.ts';
import type { Judgement } from './judgement.ts';
import { answerProbe, ProbePace } from './probe.ts';
import { believeCommand, signReceipt } from './signed-record.ts';

const ANSWERED_MAX = 100_000;
const RETRY_MS = 500;
const RETRY_MS_MAX = 10_000;
const STALE_MS = 90_000;
const DETAIL_LENGTH_MAX = 1_000;
const PACE_MS = 10;
const PROBES_PER_MINUTE = 60;

export class RevocationConsumer {
  readonly #options: ConsumerOptions;
  readonly #nowMs: () => number;
  readonly #denyList: DenyList;
  readonly #answered: Set<string>;
  /** Of those, the ones that are not kept yet. */
  #answeredNow: string[] = [];
  /** The store failed to keep a change: the next time it gets the whole. */
  #isKeptBehind = false;
  readonly #stopping = new AbortController();
  /** Orders that are in force here and whose further work is still to be done, with what to answer. */
  readonly #unfinished: Map<string, Verdict>;
  #keys: JwsKeyRing | undefined;
  #cursor: string | null;
  #owed: Receipt[];
  #heardMs = 0;
  /** The next order is not carried out before this (monotonic). */
  #nextAt = 0;
  readonly #probePace: ProbePace;
  #paying: Promise<void> = Promise.resolve();
  #running: Promise<void> | undefined;

  constructor(options: ConsumerOptions) {
    this.#options = options;
    this.#nowMs = options.nowMs ?? Date.now;
    this.#keys = options.commandKeys;
    const state = options.store.load();
    this.#probePace = new ProbePace(options.probesPerMinute ?? PROBES_PER_MINUTE);
    const supports = options.supports ?? REFUSING_ACTIONS;
    const asked = options.probe === undefined ? [] : ['probe'];
    this.#denyList = new DenyList([...supports, ...asked], state.denyList);
    this.#answered = new Set(state.answered);
    this.#unfinished = new Map(Object.entries(state.unfinished ?? {}));
    this.#cursor = state.cursor;
    this.#owed = [...state.owed];
  }

  /** Whether a call may be made now, and why not. Never waits, never throws. */
  judge(facts: CallFacts): Judgement {
    const nowMs = this.#nowMs();
    const { staleMs = STALE_MS, whenStale = 'open' } = this.#options;
    const stale = nowMs - this.#heardMs > staleMs;
    const command = this.#denyList.refuses(facts, nowMs);
    const allowed = command === undefined && !(stale && whenStale === 'closed');
    const judged = { allowed, stale, asOfMs: this.#heardMs };
    if (command === undefined) return judged;
    return { ...judged, command, missing: missingFacts(facts, command.target) };
  }

  /** The order that forbids this agent a new credential, for receivers that give them out. */
  refusesIssuance(agentUid: string): RevocationCommand | undefined {
    return this.#denyList.refusesIssuance(agentUid, this.#nowMs());
  }

  /** Follows the source until `stop`; call once. */
  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await this.#options.source.close();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    let failures = 0;
    while (!signal.aborted) {
      try {
        await this.#pay();
        await this.#take(await this.#options.source.next(this.#cursor, signal));
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        this.#options.onError?.(error);
        await this.#pause(Math.min(RETRY_MS_MAX, RETRY_MS * 2 ** failures++));
      }
    }
  }

  async #pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const { signal } = this.#stopping;
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done);
    });
  }

  async #take({ records, cursor }: CommandBatch): Promise<void> {
    this.#heardMs = this.#nowMs();
    for (const record of records) {
      const believed = await this.#believe(record);
      if ('refused' in believed) {
        if (believed.refused !== 'other_receiver') this.#options.onRefused?.(believed.refused);
      } else if (!this.#answered.has(believed.command.command_id)) {
        await this.#apply(believed.command);
      }
    }
    if (records.length === 0 && cursor === this.#cursor) return;
    this.#cursor = cursor;
    this.#save();
    await this.#pay();
  }

  async #believe(record: CommandBatch['records'][number]) {
    const { receiver, tenantId, source } = this.#options;
    const { signal } = this.#stopping;
    const asked = this.#keys === undefined ? await source.commandKeys?.(signal) : undefined;
    this.#keys ??= asked ?? new Map();
    const believed = await believeCommand(record, { receiver, tenantId, commandKeys: this.#keys });
    const isPinned = this.#options.commandKeys !== undefined || source.commandKeys === undefined;
    if (isPinned || !('refused' in believed) || believed.refused !== 'signature_unknown_key') {
      return believed;
    }
    // Keys are rotated: asked once more.
    this.#keys = (await source.commandKeys?.(signal)) ?? this.#keys;
    return believeCommand(record, { receiver, tenantId, commandKeys: this.#keys });
  }

  async #apply(command: RevocationCommand): Promise<void> {
    const { command_id: id } = command;
    const verdict = this.#unfinished.get(id) ?? this.#denyList.apply(command, this.#nowMs());
    if (verdict.isReplay === true) {
      this.#options.onRefused?.('replayed');
      return;
    }
    if (command.action === 'probe' && verdict.state === 'applied') {
      this.#remember(id);
      void this.#probe(command);
      return;
    }
    // Its number is taken: where the work fails, it must not be taken for a replay the next time.
    this.#unfinished.set(id, verdict);
    await this.#keepPace();
    const own = verdict.state === 'applied' ? await this.#options.apply?.(command) : undefined;
    const at = new Date(this.#nowMs()).toISOString();
    const state = own?.state ?? verdict.state;
    this.#unfinished.delete(id);
    this.#remember(id);
    this.#owe(command, {
      state,
      ...(state === 'applied' || state === 'partial' ? { applied_at: at } : {}),
      received_at: at,
      detail: verdict.detail.slice(0, DETAIL_LENGTH_MAX),
      ...own,
    });
    this.#options.onApplied?.(command, { ...verdict, state });
  }

  #remember(id: string): void {
    this.#answered.add(id);
    this.#answeredNow.push(id);
    const [oldest] = this.#answered;
    if (this.#answered.size > ANSWERED_MAX && oldest !== undefined) this.#answered.delete(oldest);
  }

  #owe(command: RevocationCommand, said: Pick<Receipt, 'state'> & Partial<Receipt>): void {
    this.#owed.push({
      command_id: command.command_id,
      tenant_id: command.tenant_id,
      agent_uid: command.target.agent_uid,
      receiver: this.#options.receiver,
      ...said,
    });
  }

  /** Beside the orders; what a crash leaves unanswered is asked anew by whoever asked. */
  async #probe(command: RevocationCommand): Promise<void> {
    const { probe, onError } = this.#options;
    const { signal } = this.#stopping;
    if (probe === undefined) return;
    const received_at = new Date(this.#nowMs()).toISOString();
    if (this.#probePace.isWithin(this.#nowMs())) {
      const found = await answerProbe(probe, command, signal);
      if (signal.aborted) return;
      const at = new Date(this.#nowMs()).toISOString();
      this.#owe(command, { state: 'applied', received_at, probe: { ...found, at } });
    } else {
      this.#owe(command, { state: 'failed', received_at, detail: 'Too many probes a minute.' });
    }
    // Kept before it is sent: after a crash it is sent again, and not tried again.
    this.#save();
    await this.#pay().catch((error: unknown) => onError?.(error));
  }

  /** The deny list refuses at once; what takes its time is the work behind it, and the answer. */
  async #keepPace(): Promise<void> {
    const { ratePerSecond } = this.#options;
    if (ratePerSecond === undefined) return;
    const now = performance.now();
    const at = Math.max(now, this.#nextAt);
    this.#nextAt = at + 1000 / ratePerSecond;
    // Timers are coarser than the pace: waited for once it has got ahead.
    if (at - now >= PACE_MS) await this.#pause(at - now);
  }

  /** Keeps what is new; the whole where the store can't do with less. */
  #save(): void {
    const { store } = this.#options;
    const change = {
      cursor: this.#cursor,
      denyList: this.#denyList.takeChange(),
      answered: this.#answeredNow,
      owed: this.#owed,
      unfinished: Object.fromEntries(this.#unfinished),
    };
    this.#answeredNow = [];
    const whole = (): ConsumerState => ({
      ...change,
      version: 1,
      denyList: this.#denyList.state,
      answered: [...this.#answered],
    });
    const isWhole = store.add === undefined || this.#isKeptBehind;
    // Until it is kept, what is new now is in no later change.
    this.#isKeptBehind = true;
    if (isWhole) store.save(whole());
    else store.add?.(change, whole);
    this.#isKeptBehind = false;
  }

  /** Sends what is owed, one sending after the other; what the source did not take stays owed. */
  #pay(): Promise<void> {
    const next = this.#paying.then(() => this.#payAll());
    this.#paying = next.catch(() => undefined);
    return next;
  }

  async #payAll(): Promise<void> {
    const owed = [...this.#owed];
    if (owed.length === 0) return;
    const { source, signingKey } = this.#options;
    const signed = await Promise.all(
      owed.map((receipt) => signReceipt(receipt, signingKey, this.#nowMs())),
    );
    const refused = await source.send(signed, this.#stopping.signal);
    const kept = new Set<Receipt>();
    for (const { index, reason } of refused) {
      const receipt = owed[index];
      if (receipt === undefined) continue;
      this.#options.onReceiptRefused?.(receipt, reason);
      // The registry may not have this receiver's newest key yet; anything else is refused for good.
      if (reason.startsWith('signature_')) kept.add(receipt);
    }
    // A probe may have been answered meanwhile.
    this.#owed = this.#owed.filter((one) => kept.has(one) || !owed.includes(one));
    this.#save();
  }
}
