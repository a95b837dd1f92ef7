/**
 * Who writes into the journal after whom, where that decides what is revoked.
 *
 * Calls are read once the response has decided what the journal held at the start: an order whose
 * commit a crash has lost is then known again, and its leak is recognised.
 *
 * Alerts are written after the calls and the rules that the log held when they arrived, and so after all
 * that the detector knew: who else uses a credential, and whom a revocation would stop, is told by calls;
 * who may not be touched, by the registry. They are read side by side, and after a restart alerts used to
 * be first, so that a key of several was taken from all of them, and an agent that was on the list of
 * those who are never revoked. Waiting costs nothing while they are read as they come; rejected: waiting
 * for a watermark, which is up to a second late. While calls or rules can't be read no alert is decided
 * either, and health says that intake is behind: blind to whom an order hits, nothing may be ordered.
 *
 * Nor are alerts written far ahead of what is decided: a pause that two people order stands behind them,
 * and would come into force when thousands of orders were given.
 */
import type { EventLog } from '@waywarden/event-log';
import { TOPICS } from '@waywarden/schemas';
import { SharedEnding, type Stage } from '@waywarden/stage';

type Read = Pick<Stage, 'caughtUp'>;

interface Readers {
  readonly watch: Read;
  readonly rules: Read;
  readonly response: Read;
}

export class JournalTurns {
  readonly #log: Pick<EventLog, 'endOffsets'>;
  readonly #stopping = new AbortController();
  readonly #stopped: SharedEnding<void>;
  /** What the gate of intake waits for now. */
  readonly #awaited = new Set<string>();

  constructor(log: Pick<EventLog, 'endOffsets'>) {
    this.#log = log;
    const { signal } = this.#stopping;
    const stopped = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    this.#stopped = new SharedEnding(stopped);
  }

  /** Gate of intake: of what the log holds when an alert has come; all else waits for nobody. */
  alertsLast(read: () => Readers): (topic: string) => Promise<boolean> {
    const { auditEvents: calls, registry: rules, responseJournal: journal } = TOPICS;
    return async (topic) => {
      if (topic !== TOPICS.alerts.name) return !this.#stopping.signal.aborted;
      const { watch, rules: ruled, response } = read();
      const until = async (by: Read, { name }: { readonly name: string }) => {
        this.#awaited.add(name);
        await by.caughtUp(name, await this.#log.endOffsets(name));
        this.#awaited.delete(name);
      };
      const all = [until(watch, calls), until(ruled, rules), until(response, journal)];
      return this.#after(Promise.all(all));
    };
  }

  /** Of what the journal holds now, whenever the gate is asked. */
  async afterResponse(response: Read): Promise<() => Promise<boolean>> {
    const journal = TOPICS.responseJournal.name;
    const decided = response.caughtUp(journal, await this.#log.endOffsets(journal));
    return () => this.#after(decided);
  }

  /** Topics whose readers intake waits for. */
  awaited(): readonly string[] {
    return [...this.#awaited];
  }

  stop(): void {
    this.#stopping.abort();
  }

  async #after(reached: Promise<unknown>): Promise<boolean> {
    await this.#stopped.race(reached);
    return !this.#stopping.signal.aborted;
  }
}
