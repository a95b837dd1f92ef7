/** A span or a log record of whatever origin, as the alias table reads it. */
export type Attributes = Readonly<Record<string, unknown>>;

export interface RecordEvent {
  readonly name: string;
  readonly attributes: Attributes;
}

/** Its own id and those that it hangs below. */
interface SpanNames {
  /** Lower-case hex in OTLP, as sent elsewhere; empty: none. */
  readonly trace: string;
  readonly span: string;
  readonly parent: string;
  readonly name: string;
}

export interface SpanRecord extends SpanNames {
  readonly kind: 'span' | 'log';
  /** Milliseconds since 1970; 0: not said. */
  readonly start: number;
  readonly end: number;
  /** Values decoded: text, number, boolean, list or object. */
  readonly attributes: Attributes;
  readonly events: readonly RecordEvent[];
  readonly isError: boolean;
  readonly statusText: string;
  readonly resource: Attributes;
  /** Name of the instrumentation that wrote it. */
  readonly scope: string;
}
