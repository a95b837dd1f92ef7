/** A dead letter without its content. Redriving is a mark of its own. */
import type { AppendRecord, LogRecord } from '@waywarden/event-log';
import { HEADERS, TOPICS } from '@waywarden/schemas';
import { DEAD_LETTER_HEADERS } from '../adapters/dead-letter.ts';

/** `partition-offset`. */
const ID = /^(\d{1,4})-(\d{1,15})$/;

export interface LetterPlace {
  readonly partition: number;
  readonly offset: number;
}

interface LetterOrigin {
  readonly source: string;
  readonly tenant: string | null;
  readonly token_id: string | null;
  readonly line: number | null;
  readonly received_at: string | null;
}

interface LetterBody {
  readonly size: number;
  readonly form: string | null;
  readonly key_id: string | null;
  readonly event_id: string | null;
}

export interface Letter extends LetterOrigin, LetterBody {
  readonly id: string;
  /** `not_redrivable`: no body, or no source's. */
  readonly state: 'redrivable' | 'redriven' | 'not_redrivable';
  readonly reason: string;
  readonly field: string | null;
  readonly detail: string;
  readonly redriven_at: string | null;
}

export interface LetterMark {
  readonly at: string | null;
  readonly eventId: string | null;
}

export function letterId({ partition, offset }: LetterPlace): string {
  return `${partition}-${offset}`;
}

export function placeOfLetter(id: string): LetterPlace | undefined {
  const [, partition, offset] = ID.exec(id) ?? [];
  if (partition === undefined || offset === undefined) return undefined;
  return { partition: Number(partition), offset: Number(offset) };
}

export function isDeadLetter(record: LogRecord): boolean {
  return record.headers[HEADERS.type] === 'event';
}

/** By offset. */
export function markedOffset(record: LogRecord): number | undefined {
  const [incarnation, offset] = record.headers[DEAD_LETTER_HEADERS.redriven]?.split('/') ?? [];
  return incarnation === record.incarnation && offset !== undefined ? Number(offset) : undefined;
}

export function letterMarkOf(record: LogRecord): LetterMark {
  return {
    at: record.headers[HEADERS.producedAt] ?? null,
    eventId: record.headers[DEAD_LETTER_HEADERS.event] ?? null,
  };
}

export function redrivenMark(letter: LogRecord, mark: LetterMark): AppendRecord {
  return {
    topic: TOPICS.auditDeadletter.name,
    partition: letter.partition,
    key: letter.key,
    value: null,
    headers: {
      [HEADERS.type]: 'control',
      [DEAD_LETTER_HEADERS.redriven]: `${letter.incarnation}/${letter.offset}`,
      ...(mark.eventId !== null && { [DEAD_LETTER_HEADERS.event]: mark.eventId }),
      ...(mark.at !== null && { [HEADERS.producedAt]: mark.at }),
    },
  };
}

/** It holds no body. */
function stageWords({ value }: LogRecord): { readonly reason: string; readonly detail: string } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder().decode(value ?? new Uint8Array()));
  } catch {
    parsed = undefined;
  }
  const fields = (parsed ?? {}) as { reason?: unknown; detail?: unknown; where?: unknown };
  return {
    reason: String(fields.reason ?? 'unknown'),
    detail: [fields.detail, fields.where].filter((word) => typeof word === 'string').join(' at '),
  };
}

export function letterOf(record: LogRecord, mark: LetterMark | undefined): Letter {
  const { headers, value } = record;
  const header = (name: string): string | null => headers[name] ?? null;
  const reason = header(HEADERS.deadReason);
  const explained = reason === null ? stageWords(record) : undefined;
  const canBe = reason !== null && value !== null && header(DEAD_LETTER_HEADERS.token) !== null;
  const line = header(DEAD_LETTER_HEADERS.line);
  return {
    id: letterId(record),
    state: mark !== undefined ? 'redriven' : canBe ? 'redrivable' : 'not_redrivable',
    reason: reason ?? explained?.reason ?? '',
    field: header(DEAD_LETTER_HEADERS.field),
    detail: header(HEADERS.deadDetail) ?? explained?.detail ?? '',
    source: header(HEADERS.deadSource) ?? record.key ?? '',
    tenant: header(DEAD_LETTER_HEADERS.tenant),
    token_id: header(DEAD_LETTER_HEADERS.token),
    line: line === null ? null : Number(line),
    size: Number(header(DEAD_LETTER_HEADERS.size) ?? value?.byteLength ?? 0),
    form: header(DEAD_LETTER_HEADERS.form),
    received_at: header(HEADERS.ceTime) ?? header(HEADERS.producedAt),
    key_id: header(HEADERS.keyId),
    redriven_at: mark?.at ?? null,
    event_id: mark?.eventId ?? null,
  };
}
