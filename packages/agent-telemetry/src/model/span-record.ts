export type Attributes = Readonly<Record<string, unknown>>;

export interface RecordEvent {
  readonly name: string;
  readonly attributes: Attributes;
}

interface SpanNames {
  /** Hex in OTLP; empty: none. */
  readonly trace: string;
  readonly span: string;
  readonly parent: string;
  readonly name: string;
}

export interface SpanRecord extends SpanNames {
  readonly kind: 'span' | 'log';
  /** 0: not said. */
  readonly start: number;
  readonly end: number;
  readonly attributes: Attributes;
  readonly events: readonly RecordEvent[];
  readonly isError: boolean;
  readonly statusText: string;
  readonly resource: Attributes;
  readonly scope: string;
}
