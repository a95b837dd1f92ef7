/**
 * The kinds of linking values, most dangerous first. Several share one fingerprint domain: a string
 * in a result is the very credential presented later, and `+` may be missing before a number.
 */
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

/** The fingerprint domain of a kind; kinds beyond those above are a domain each. */
export function fingerprintDomain(kind: string): string {
  return DOMAINS.get(kind) ?? kind;
}

export interface FoundValue {
  readonly kind: ValueKind;
  /** The one spelling of this value from which its fingerprint is made. */
  readonly canonical: string;
  /** Where it stood: `to`, `items[].iban`; empty for a bare string. */
  readonly path: string;
  /** Of an e-mail address or URL: its domain, lower-case. */
  readonly domain?: string;
}

/** Where recognisers put what they find. */
export interface ValueSink {
  /** The field whose text is scanned; empty for a bare text. */
  readonly field: string;
  add(kind: ValueKind, canonical: string, domain?: string): void;
  /** Text that stood encoded in the scanned text (base64, hex, percent). */
  decoded(text: string): void;
  /** Parts of the scanned text that are read by themselves too, one a line. */
  beside(text: string): void;
}

/** What one call may cost. Lengths are UTF-16 units; whoever hits one is told (`truncated`). */
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
