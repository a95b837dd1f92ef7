/**
 * The receiving end of revocation: follows commands, believes signed ones, applies each once and in
 * order, answers with receipts, judges calls. A batch is in force and stored before the view counts
 * as fresh. `apply` may run again after a crash.
 */
import { epochMs, type Receipt, type RevocationCommand } from '@waywarden/schemas';
import { type CallFacts, missingFacts, REFUSING_ACTIONS } from './call-facts.ts';
import { CommandTrust } from './command-trust.ts';
import type { CommandBatch, ConsumerOptions, Judgement } from './consumer-options.ts';
import type { ConsumerState } from './consumer-state.ts';
import { PausedOrders } from './consumer-state.ts';
import { DenyList, type ReceiptVerdict } from './deny-list.ts';
import { LimitedApply, pause, untilStopped } from './limited-apply.ts';
import { OrderWork } from './order-work.ts';
import { answerProbe, ProbePace } from './probe.ts';
import { signReceipt } from './signed-record.ts';

const ANSWERED_MAX = 100_000;
/** What is owed is sent again after this at the latest. */
const OWED_MS = 10_000;
/** While much is carried out, what is done is kept and answered this often. */
const KEEP_EVERY_MS = 1_000;
const STALE_MS = 90_000;
const DETAIL_LENGTH_MAX = 1_000;
const PACE_MS = 10;
const PROBES_PER_MINUTE = 60;

export class RevocationConsumer {
  readonly #options: ConsumerOptions;
  readonly #nowMs: () => number;
  readonly #trust: CommandTrust;
  readonly #denyList: DenyList;
  readonly #answered: Set<string>;
  /** Of those, the ones that are not kept yet. */
  #answeredNow: string[] = [];
  /** The store failed to keep a change: the next time it gets the whole. */
  #isStoredBehind = false;
  readonly #stopping = new AbortController();
  readonly #work: OrderWork;
  readonly #paused: PausedOrders;
  readonly #apply: LimitedApply | undefined;
  readonly #onError = (error: unknown) => this.#options.onError?.(error);
  #wake = new AbortController();
  #cursor: string | null;
  #owed: Receipt[];
  #lastSeenMs = 0;
  /** The next order is not carried out before this (monotonic). */
  #nextAt = 0;
  readonly #probePace: ProbePace;
  #paying: Promise<void> = Promise.resolve();
  #running: Promise<unknown> | undefined;

  constructor(options: ConsumerOptions) {
    this.#options = options;
    this.#nowMs = options.nowMs ?? Date.now;
    this.#trust = new CommandTrust(options);
    const state = options.store.load();
    this.#probePace = new ProbePace(options.probesPerMinute ?? PROBES_PER_MINUTE);
    const supports = options.supports ?? REFUSING_ACTIONS;
    const asked = options.probe === undefined ? [] : ['probe'];
    this.#denyList = new DenyList([...supports, ...asked], state.denyList);
    this.#answered = new Set(state.answered);
    this.#paused = new PausedOrders(state);
    this.#work = new OrderWork(state, {
      hasWork: options.apply !== undefined,
      isInHand: (command) => this.#paused.holds(command),
    });
    this.#apply = LimitedApply.of(options, this.#stopping.signal);
    this.#cursor = state.cursor;
    this.#owed = [...state.owed];
  }

  judge(facts: CallFacts): Judgement {
    const nowMs = this.#nowMs();
    const { staleMs = STALE_MS, whenStale = 'open' } = this.#options;
    const stale = nowMs - this.#lastSeenMs > staleMs;
    const command = this.#denyList.refuses(facts, nowMs);
    const allowed = command === undefined && !(stale && whenStale === 'closed');
    const judged = { allowed, stale, asOfMs: this.#lastSeenMs };
    if (command === undefined) return judged;
    return { ...judged, command, missing: missingFacts(facts, command.target) };
  }

  /** The order that forbids this agent a new credential, for receivers that give them out. */
  refusesIssuance(agentUid: string): RevocationCommand | undefined {
    return this.#denyList.refusesIssuance(agentUid, this.#nowMs());
  }

  /** Follows the source until `stop`; call once. */
  start(): void {
    this.#running ??= Promise.all(
      [() => this.#follow(), () => this.#carryOut()].map((step) =>
        untilStopped(this.#stopping.signal, step, this.#onError),
      ),
    );
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await this.#options.source.close();
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stopping;
    if (this.#work.isFull) {
      this.#onError(new Error('Too many orders wait for their work: no more are read until then.'));
      await pause(KEEP_EVERY_MS, signal);
    } else await this.#take(await this.#options.source.next(this.#cursor, signal));
  }

  async #carryOut(): Promise<void> {
    const { signal } = this.#stopping;
    this.#wake = new AbortController();
    const since = performance.now();
    const work = (command: RevocationCommand, verdict: ReceiptVerdict) =>
      this.#do(command, verdict);
    const onError = (error: unknown) => signal.aborted || this.#onError(error);
    const hooks = { work, onError, onLate: () => this.#wake.abort() };
    while (!signal.aborted && performance.now() - since < KEEP_EVERY_MS) {
      if (this.#work.dueInMs(performance.now()) !== 0) break;
      await this.#keepPace();
      if (!(await this.#work.doNext(hooks))) break;
    }
    if (this.#answeredNow.length > 0 || this.#isStoredBehind) this.#save();
    await this.#pay();
    const owedMs = this.#owed.length === 0 ? Number.POSITIVE_INFINITY : OWED_MS;
    const ms = Math.min(this.#work.dueInMs(performance.now()) ?? owedMs, owedMs);
    if (ms > 0) await pause(ms, signal, this.#wake.signal);
  }

  /** Whether enforcement is paused counts as of the end of the batch, whatever stands behind what. */
  async #take({ records, cursor }: CommandBatch): Promise<void> {
    const commands: RevocationCommand[] = [];
    for (const record of records) {
      const believed = await this.#trust.believe(record, this.#stopping.signal);
      if ('command' in believed) commands.push(believed.command);
      else if ('notice' in believed) this.#paused.noteSeen(believed.notice);
      else if (believed.refused !== 'other_receiver') this.#options.onRefused?.(believed.refused);
    }
    for (const command of [...this.#paused.resumed(), ...commands]) this.#admit(command);
    // Not before all of it is refused: a view that lacks part of what was given is no fresh one.
    this.#lastSeenMs = this.#nowMs();
    this.#denyList.lastSeen(this.#lastSeenMs);
    if (records.length === 0 && cursor === this.#cursor) return;
    this.#cursor = cursor;
    this.#save();
    this.#wake.abort();
  }

  /** In force from here on, whatever becomes of its work. */
  #admit(command: RevocationCommand): void {
    const { command_id: id } = command;
    if (this.#answered.has(id) || this.#work.has(id) || this.#paused.keep(command)) return;
    const verdict = this.#work.verdictOf(id) ?? this.#denyList.apply(command, this.#nowMs());
    if (verdict.isReplay === true) this.#options.onRefused?.('replayed');
    else if (command.action === 'probe' && verdict.state === 'applied') {
      this.#remember(id);
      void this.#probe(command);
    } else this.#work.add(command, verdict);
  }

  async #do(command: RevocationCommand, given: ReceiptVerdict): Promise<void> {
    const verdict = this.#current(command, given);
    const own = verdict.state === 'applied' ? await this.#apply?.run(command) : undefined;
    const at = new Date(this.#nowMs()).toISOString();
    const state = own?.state ?? verdict.state;
    this.#remember(command.command_id);
    this.#owe(command, {
      state,
      ...(state === 'applied' || state === 'partial' ? { applied_at: at } : {}),
      received_at: at,
      detail: verdict.detail.slice(0, DETAIL_LENGTH_MAX),
      ...own,
    });
    this.#options.onApplied?.(command, { ...verdict, state });
  }

  /** Nothing is tried for ever: what has expired meanwhile takes no more work. */
  #current({ action, expires_at }: RevocationCommand, verdict: ReceiptVerdict): ReceiptVerdict {
    const isOver = action !== 'restore' && epochMs(expires_at) <= this.#nowMs();
    if (verdict.state !== 'applied' || !isOver) return verdict;
    return { state: 'expired', detail: 'It expired before its work was done.' };
  }

  #remember(id: string): void {
    this.#answered.add(id);
    this.#answeredNow.push(id);
    const [oldest] = this.#answered;
    if (this.#answered.size > ANSWERED_MAX && oldest !== undefined) this.#answered.delete(oldest);
  }

  #owe(command: RevocationCommand, claimed: Pick<Receipt, 'state'> & Partial<Receipt>): void {
    this.#owed.push({
      command_id: command.command_id,
      tenant_id: command.tenant_id,
      agent_uid: command.target.agent_uid,
      receiver: this.#options.receiver,
      ...claimed,
    });
  }

  /** Beside the orders; what a crash leaves unanswered is asked anew by whoever asked. */
  async #probe(command: RevocationCommand): Promise<void> {
    const { probe } = this.#options;
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
    await this.#pay().catch(this.#onError);
  }

  /** The deny list refuses at once. */
  async #keepPace(): Promise<void> {
    const { ratePerSecond } = this.#options;
    if (ratePerSecond === undefined) return;
    const now = performance.now();
    const at = Math.max(now, this.#nextAt);
    this.#nextAt = at + 1000 / ratePerSecond;
    // Timers are coarser than the pace: waited for once it has got ahead.
    if (at - now >= PACE_MS) await pause(at - now, this.#stopping.signal);
  }

  /** Keeps what is new; the whole where the store can't do with less. */
  #save(): void {
    const { store } = this.#options;
    const change = {
      cursor: this.#cursor,
      denyList: this.#denyList.takeChange(),
      answered: this.#answeredNow,
      owed: this.#owed,
      ...this.#work.state,
      paused: this.#paused.takeChange(),
    };
    this.#answeredNow = [];
    const { paused: _, ...rest } = change;
    const whole = (): ConsumerState => ({
      ...{ ...rest, ...this.#paused.state },
      version: 1,
      denyList: this.#denyList.state,
      answered: [...this.#answered],
    });
    const isWhole = store.add === undefined || this.#isStoredBehind;
    // Until it is kept, what is new now is in no later change.
    this.#isStoredBehind = true;
    if (isWhole) store.save(whole());
    else store.add?.(change, whole);
    this.#isStoredBehind = false;
  }

  /** Sends what is owed, one sending after the other. */
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
    const retained = new Set<Receipt>();
    for (const { index, reason } of refused) {
      const receipt = owed[index];
      if (receipt === undefined) continue;
      this.#options.onReceiptRefused?.(receipt, reason);
      // The registry may not have this receiver's newest key yet; anything else is refused for good.
      if (reason.startsWith('signature_')) retained.add(receipt);
    }
    // A probe may have been answered meanwhile.
    this.#owed = this.#owed.filter((one) => retained.has(one) || !owed.includes(one));
    this.#save();
  }
}
