/** Who writes into the journal after whom: alerts after known calls and rules. */
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
  readonly #awaited = new Set<string>();

  constructor(log: Pick<EventLog, 'endOffsets'>) {
    this.#log = log;
    const { signal } = this.#stopping;
    const stopped = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    this.#stopped = new SharedEnding(stopped);
  }

  /** All else waits for nobody. */
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

  async afterResponse(response: Read): Promise<() => Promise<boolean>> {
    const journal = TOPICS.responseJournal.name;
    const decided = response.caughtUp(journal, await this.#log.endOffsets(journal));
    return () => this.#after(decided);
  }

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
