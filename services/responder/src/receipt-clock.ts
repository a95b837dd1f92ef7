/**
 * Notices that receivers say nothing, by the clock on the wall, and writes it into the journal, where
 * it is judged.
 *
 * Not by log time, which runs through hours in seconds when a stopped detector catches up: orders on
 * whole agents once followed upon receivers that had a second to answer. And only once intake has read
 * every receipt that is there, so that no answer is overtaken. After a restart each order has its
 * whole time again: too patient is better than too hard.
 */
import type { EventLog } from '@waywarden/event-log';
import {
  HEADERS,
  type JournalEntry,
  type RevocationCommand,
  TOPICS,
  uuidV5,
  WAYWARDEN_NAMESPACE,
} from '@waywarden/schemas';
import { silentReceivers } from './core/escalate-command.ts';
import type { IssuedCommand } from './core/issued-command.ts';

/** Orders waited for at once; of more, the newest are not escalated for silence. */
const WAITING_MAX = 100_000;
/** Of an order that is not known yet, or whose policy said nothing. */
const RECEIPT_WITHIN_MS = 60_000;
const ENCODER = new TextEncoder();

export interface ReceiptClockParts {
  readonly log: EventLog;
  readonly issued: (commandId: string) => IssuedCommand | undefined;
  /** Resolves when all receipts that the log holds now stand in the journal. */
  readonly receiptsRead: () => Promise<void>;
  readonly wallClock: () => string;
}

export class ReceiptClock {
  readonly #parts: ReceiptClockParts;
  readonly #since = new Map<string, number>();
  #checking: Promise<void> = Promise.resolve();

  constructor(parts: ReceiptClockParts) {
    this.#parts = parts;
  }

  /** An order is about to be written. */
  note({ command_id: id, action }: RevocationCommand): void {
    if (action === 'restore' || this.#since.size >= WAITING_MAX) return;
    if (!this.#since.has(id)) this.#since.set(id, Date.parse(this.#parts.wallClock()));
  }

  /** One after the other, whoever asks. */
  check(): Promise<void> {
    const next = this.#checking.then(() => this.#check());
    this.#checking = next.catch(() => undefined);
    return next;
  }

  /** Ids of the orders that have waited long enough; forgets those that wait for nothing. */
  #overdue(nowMs: number): readonly string[] {
    const overdue: string[] = [];
    for (const [id, sinceMs] of this.#since) {
      const issued = this.#parts.issued(id);
      if (nowMs - sinceMs < (issued?.receiptWithinMs ?? RECEIPT_WITHIN_MS)) continue;
      const waits = issued !== undefined && !issued.restored && !issued.escalated;
      if (waits && silentReceivers(issued).length > 0) overdue.push(id);
      else this.#since.delete(id);
    }
    return overdue;
  }

  async #check(): Promise<void> {
    const { log, issued, receiptsRead, wallClock } = this.#parts;
    const at = wallClock();
    const overdue = this.#overdue(Date.parse(at));
    if (overdue.length === 0) return;
    await receiptsRead();
    const entries: JournalEntry[] = overdue.flatMap((id) => {
      const tenantId = issued(id)?.command.tenant_id;
      if (tenantId === undefined) return [];
      return [{ kind: 'unanswered', unanswered: { tenant_id: tenantId, command_id: id, at } }];
    });
    await log.append(
      entries.map((entry) => ({
        topic: TOPICS.responseJournal.name,
        partition: 0,
        key: null,
        value: ENCODER.encode(JSON.stringify(entry)),
        headers: {
          [HEADERS.ceId]: uuidV5(WAYWARDEN_NAMESPACE, `journal|${JSON.stringify(entry)}`),
          [HEADERS.type]: 'event',
          [HEADERS.producedAt]: at,
        },
      })),
    );
    for (const id of overdue) this.#since.delete(id);
  }
}
