/**
 * Who writes into the journal after whom, where that decides what is revoked.
 *
 * Calls are read once the response has decided what the journal held at the start: an order whose
 * commit a crash has lost is then known again, and its leak is recognised.
 *
 * Alerts are written after the calls that the log held when they arrived, and so after all that the
 * detector knew: who else uses a credential, and whom a revocation would stop, is told by calls. The
 * two are read side by side, and after a restart alerts used to be first, so that a key of several was
 * taken from all of them. Waiting costs nothing while the calls are read as they come; rejected: waiting
 * for a watermark, which is up to a second late. While calls can't be read no alert is decided either,
 * and health says that intake is behind: blind to whom an order hits, nothing may be ordered.
 */
import type { EventLog } from '@waywarden/event-log';
import { TOPICS } from '@waywarden/schemas';
import type { Stage } from '@waywarden/stage';

type Read = Pick<Stage, 'caughtUp'>;

export class JournalTurns {
  readonly #log: Pick<EventLog, 'endOffsets'>;
  readonly #stopping = new AbortController();
  readonly #stopped: Promise<void>;

  constructor(log: Pick<EventLog, 'endOffsets'>) {
    this.#log = log;
    const { signal } = this.#stopping;
    this.#stopped = new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  /** Gate of intake: of the calls that the log holds when an alert has come; all else waits for nobody. */
  alertsAfterCalls(watch: () => Read): (topic: string) => Promise<boolean> {
    const calls = TOPICS.auditEvents.name;
    return async (topic) => {
      if (topic !== TOPICS.alerts.name) return !this.#stopping.signal.aborted;
      return this.#after(watch().caughtUp(calls, await this.#log.endOffsets(calls)));
    };
  }

  /** Of what the journal holds now, whenever the gate is asked. */
  async afterResponse(response: Read): Promise<() => Promise<boolean>> {
    const journal = TOPICS.responseJournal.name;
    const decided = response.caughtUp(journal, await this.#log.endOffsets(journal));
    return () => this.#after(decided);
  }

  stop(): void {
    this.#stopping.abort();
  }

  async #after(reached: Promise<void>): Promise<boolean> {
    await Promise.race([reached, this.#stopped]);
    return !this.#stopping.signal.aborted;
  }
}
