/**
 * Who writes into the journal after whom. Alerts enter after the calls and rules that the log held
 * when they came, and not far ahead of what is decided. While calls or rules can't be read, nothing
 * is ordered.
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
