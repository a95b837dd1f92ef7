/** Kinds of linking values, most dangerous first; some share a domain, since kinds are guessed. */
export const VALUE_KINDS = [
  'secret',
  'iban',
  'account',
  'document_number',
  'phone',
  'email',
  'url',
  'token',
  'shingle',
] as const;
export type ValueKind = (typeof VALUE_KINDS)[number];

const DOMAINS: ReadonlyMap<string, string> = new Map([
  ['secret', 'opaque'],
  ['token', 'opaque'],
  ['credential', 'opaque'],
  ['account', 'number'],
  ['phone', 'number'],
  ['document_number', 'number'],
]);

/** Other kinds: a domain each. */
export function fingerprintDomain(kind: string): string {
  return DOMAINS.get(kind) ?? kind;
}

export interface FoundValue {
  readonly kind: ValueKind;
  /** It is fingerprinted. */
  readonly canonical: string;
  /** `items[].iban`; empty: bare string. */
  readonly path: string;
  /** Lower case. */
  readonly domain?: string;
}

export interface ValueSink {
  /** Empty: bare text. */
  readonly field: string;
  add(kind: ValueKind, canonical: string, domain?: string): void;
  decoded(text: string): void;
  /** One a line. */
  beside(text: string): void;
}

/** UTF-16 units; hitting one sets `truncated`. */
export const EXTRACTION_LIMITS = {
  valuesMax: 64,
  depthMax: 32,
  nodesMax: 50_000,
  stringLengthMax: 1_048_576,
  /** All scanned text of one call together, decoded layers included. */
  textLengthMax: 4_194_304,
  /** base64 in base64 in a text is read. */
  layersMax: 2,
  shinglesMax: 16,
  pathLengthMax: 256,
} as const;
export type ExtractionLimits = { readonly [K in keyof typeof EXTRACTION_LIMITS]: number };
