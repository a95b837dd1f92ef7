/** Notices silent receivers and people by the wall clock. After a restart each order has its whole time again. */
import type { AppendRecord, EventLog } from '@waywarden/event-log';
import {
  HEADERS,
  type JournalEntry,
  type RevocationCommand,
  TOPICS,
  type Unanswered,
  uuidV5,
  WAYWARDEN_NAMESPACE,
  waitsForResume,
} from '@waywarden/schemas';
import { silentReceivers } from '../core/containment/escalate-command.ts';
import type { IssuedCommand } from '../core/model/issued-command.ts';

/** Two an order. */
const WAITING_MAX = 200_000;
/** Until the policy is known. */
const RECEIPT_WITHIN_MS = 60_000;
/** A receiver that answers other orders meanwhile has so many times as long: it takes them in turn. */
const BUSY_FACTOR = 20;
const TAKES_NOTHING: ReadonlySet<string> = new Set(['restore', 'probe']);
const ENCODER = new TextEncoder();

export interface ReceiptClockParts {
  readonly log: EventLog;
  readonly issued: (commandId: string) => IssuedCommand | undefined;
  readonly receiptsRead: () => Promise<void>;
  readonly silentForMs: (tenantId: string, receiver: string) => number;
  readonly isPaused: (tenantId: string) => boolean;
  readonly wallClock: () => string;
}

type By = NonNullable<Unanswered['by']>;

interface Wait {
  readonly id: string;
  readonly sinceMs: number;
  readonly by: By;
}

/** Undefined: no wait. */
function patience({ by }: Wait, issued: IssuedCommand): number | undefined {
  if (issued.restored) return undefined;
  if (by === 'person') return issued.asked && issued.answerWithinMs;
  const isOpen = !issued.escalated && silentReceivers(issued).length > 0;
  return isOpen ? (issued.receiptWithinMs ?? RECEIPT_WITHIN_MS) : undefined;
}

export class ReceiptClock {
  readonly #parts: ReceiptClockParts;
  readonly #waits = new Map<string, Wait>();
  #checking: Promise<void> = Promise.resolve();

  constructor(parts: ReceiptClockParts) {
    this.#parts = parts;
  }

  note({ command_id: id, action }: RevocationCommand): void {
    if (TAKES_NOTHING.has(action) || this.#waits.size >= WAITING_MAX) return;
    const sinceMs = Date.parse(this.#parts.wallClock());
    for (const by of ['receivers', 'person'] as const) {
      const key = `${by}|${id}`;
      if (!this.#waits.has(key)) this.#waits.set(key, { id, sinceMs, by });
    }
  }

  check(): Promise<void> {
    const next = this.#checking.then(() => this.#check());
    this.#checking = next.catch(() => undefined);
    return next;
  }

  #overdue(nowMs: number): ReadonlyMap<string, Wait> {
    const overdue = new Map<string, Wait>();
    for (const [key, wait] of this.#waits) {
      const waitedMs = nowMs - wait.sinceMs;
      const issued = this.#parts.issued(wait.id);
      // Not known yet.
      if (issued === undefined && waitedMs < RECEIPT_WITHIN_MS) continue;
      if (issued !== undefined && this.#isInHand(wait, issued)) {
        this.#waits.set(key, { ...wait, sinceMs: nowMs });
        continue;
      }
      const withinMs = issued && patience(wait, issued);
      if (withinMs === undefined) this.#waits.delete(key);
      else if (waitedMs < withinMs) continue;
      else if (issued !== undefined && this.#isBusy(wait, issued, waitedMs)) continue;
      else overdue.set(key, wait);
    }
    return overdue;
  }

  /** Nobody is silent who was given nothing. */
  #isInHand({ by }: Wait, { command }: IssuedCommand): boolean {
    return by === 'receivers' && waitsForResume(command) && this.#parts.isPaused(command.tenant_id);
  }

  #isBusy({ by }: Wait, issued: IssuedCommand, waitedMs: number): boolean {
    const withinMs = issued.receiptWithinMs ?? RECEIPT_WITHIN_MS;
    if (by !== 'receivers' || waitedMs >= withinMs * BUSY_FACTOR) return false;
    const { tenant_id: tenantId } = issued.command;
    const silentMs = (id: string) => this.#parts.silentForMs(tenantId, id);
    return silentReceivers(issued).every((id) => silentMs(id) < withinMs);
  }

  async #check(): Promise<void> {
    const { log, issued, receiptsRead, wallClock } = this.#parts;
    const at = wallClock();
    const overdue = this.#overdue(Date.parse(at));
    if (overdue.size === 0) return;
    await receiptsRead();
    const entries = [...overdue.values()].flatMap(({ id, by }) => {
      const tenantId = issued(id)?.command.tenant_id;
      return tenantId === undefined ? [] : [{ tenant_id: tenantId, command_id: id, at, by }];
    });
    await log.append(entries.map((entry) => toRecord(entry, at)));
    for (const key of overdue.keys()) this.#waits.delete(key);
  }
}

function toRecord(unanswered: Unanswered, at: string): AppendRecord {
  const entry: JournalEntry = { kind: 'unanswered', unanswered };
  const id = `unanswered|${unanswered.by}|${unanswered.command_id}`;
  return {
    topic: TOPICS.responseJournal.name,
    partition: 0,
    key: null,
    value: ENCODER.encode(JSON.stringify(entry)),
    headers: {
      [HEADERS.ceId]: uuidV5(WAYWARDEN_NAMESPACE, `journal|${id}`),
      [HEADERS.type]: 'event',
      [HEADERS.producedAt]: at,
    },
  };
}
