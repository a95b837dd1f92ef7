/** The values of one call: walks, scans, decodes, keeps the most telling. */

import {
  EXTRACTION_LIMITS,
  type ExtractionLimits,
  type FoundValue,
  fingerprintDomain,
  VALUE_KINDS,
  type ValueKind,
  type ValueSink,
} from './fingerprint.ts';
import { asLatin, foldText, unescapeText } from './fold-text.ts';
import { TextScanner } from './scan-text.ts';
import { canonicalCredential, canonicalOpaque, isLabelledSecret, isSecretLabel } from './secret.ts';
import { canonicalShingle, type Shingle } from './shingle.ts';
import { spreadSecrets } from './spread-secret.ts';

export interface ExtractedValues {
  /** By VALUE_KINDS, then position; once. */
  readonly values: readonly FoundValue[];
  readonly truncated: boolean;
}

/** Below: fewer than nine digits. */
const NUMBER_MIN = 100_000_000;
const BEYOND_ASCII = /[\u0080-\uffff]/;
/** Shorter ones hold nothing. */
const TEXT_LENGTH_MIN = 6;

const domainOf = new Map(VALUE_KINDS.map((kind) => [kind, fingerprintDomain(kind)]));
const rankOf = new Map(VALUE_KINDS.map((kind, rank) => [kind, rank]));

interface Entry {
  kind: ValueKind;
  rank: number;
  readonly canonical: string;
  readonly path: string;
  readonly domain: string | undefined;
  next: Entry | undefined;
}

interface Layer {
  readonly text: string;
  readonly depth: number;
  readonly isDisguised: boolean;
}

const NO_LIMITS: Partial<ExtractionLimits> = {};
const NOTHING: ExtractedValues = { values: [], truncated: false };

/** Synchronous, so one for all. */
const scanner = new TextScanner();

class Collector implements ValueSink {
  readonly limits: ExtractionLimits;
  readonly #found = new Map<string, Entry>();
  readonly #entries: Entry[] = [];
  readonly #counts: number[] = VALUE_KINDS.map(() => 0);
  #shingles: { readonly shingle: Shingle; readonly path: string }[] = [];
  #layers: Layer[] = [];
  #layer = 0;
  #isDisguised = false;
  #path = '';
  #textLeft: number;
  #nodesLeft: number;
  truncated = false;

  constructor(limits: ExtractionLimits) {
    this.limits = limits;
    this.#textLeft = limits.textLengthMax;
    this.#nodesLeft = limits.nodesMax;
  }

  get field(): string {
    return this.#path.slice(this.#path.lastIndexOf('.') + 1);
  }

  add(kind: ValueKind, canonical: string, domain?: string): void {
    if (canonical === '' || (this.#isDisguised && kind !== 'secret')) return;
    const rank = rankOf.get(kind) ?? 0;
    const known = this.#found.get(canonical);
    for (let entry = known; entry !== undefined; entry = entry.next) {
      if (domainOf.get(entry.kind) !== domainOf.get(kind)) continue;
      // The stronger reading names it.
      if (rank < entry.rank) Object.assign(entry, { kind, rank });
      return;
    }
    const count = this.#counts[rank] ?? 0;
    if (count >= this.limits.valuesMax) {
      this.truncated = true;
      return;
    }
    this.#counts[rank] = count + 1;
    const entry: Entry = { kind, rank, canonical, path: this.#path, domain, next: known };
    this.#found.set(canonical, entry);
    this.#entries.push(entry);
  }

  decoded(text: string): void {
    if (this.#layer < this.limits.layersMax) {
      this.#layers.push({ text, depth: this.#layer + 1, isDisguised: this.#isDisguised });
    } else {
      this.truncated = true;
    }
  }

  beside(text: string): void {
    this.#layers.push({ text, depth: this.#layer, isDisguised: this.#isDisguised });
  }

  scan(given: string, path: string): void {
    if (given.length < TEXT_LENGTH_MIN) return;
    this.#path = path;
    this.#layer = 0;
    this.#scanOne(given);
    for (const shingle of scanner.shingles()) this.#shingles.push({ shingle, path });
    this.#undisguise(given);
    this.#scanLayers();
  }

  #scanLayers(): void {
    while (this.#layers.length > 0) {
      const layers = this.#layers;
      this.#layers = [];
      for (const { text, depth, isDisguised } of layers) {
        this.#layer = depth;
        this.#isDisguised = isDisguised;
        this.#scanOne(text);
        if (!isDisguised) this.#undisguise(text);
      }
    }
    this.#isDisguised = false;
  }

  /** Other scripts, or written apart. */
  #undisguise(given: string): void {
    let text = given.slice(0, this.limits.stringLengthMax);
    if (BEYOND_ASCII.test(text)) {
      const plain = foldText(unescapeText(text));
      text = asLatin(plain);
      if (text !== plain) this.#layers.push({ text, depth: this.#layer, isDisguised: true });
    }
    for (const secret of spreadSecrets(text)) this.add('secret', canonicalOpaque(secret));
  }

  #scanOne(text: string): void {
    const length = Math.min(text.length, this.limits.stringLengthMax, this.#textLeft);
    if (length < text.length) this.truncated = true;
    this.#textLeft -= length;
    if (length > 0) scanner.scan(length < text.length ? text.slice(0, length) : text, this);
  }

  walk(value: unknown, path: string, depth: number): void {
    if (typeof value === 'string') this.scan(value, path);
    else if (typeof value === 'number') {
      if (value >= NUMBER_MIN && Number.isSafeInteger(value)) this.scan(String(value), path);
    } else if (typeof value === 'object' && value !== null) {
      if (depth < this.limits.depthMax) this.#inside(value, path, depth);
      else this.truncated = true;
    }
  }

  #inside(value: object, path: string, depth: number): void {
    if (Array.isArray(value)) {
      const inside = `${path}[]`.slice(0, this.limits.pathLengthMax);
      for (const item of value) if (this.#mayGoOn()) this.walk(item, inside, depth + 1);
      return;
    }
    for (const [key, item] of Object.entries(value)) {
      if (this.#mayGoOn()) this.#member(key, item, path, depth);
    }
  }

  #member(key: string, item: unknown, path: string, depth: number): void {
    const inside = (path === '' ? key : `${path}.${key}`).slice(0, this.limits.pathLengthMax);
    if (key.length > TEXT_LENGTH_MIN) this.scan(key, inside);
    if (typeof item === 'string' && isSecretLabel(key, 0, key.length)) {
      const bare = canonicalCredential(item);
      this.#path = inside;
      if (isLabelledSecret(bare)) this.add('secret', bare);
    }
    this.walk(item, inside, depth + 1);
  }

  #mayGoOn(): boolean {
    if (this.#nodesLeft-- > 0) return true;
    this.truncated = true;
    return false;
  }

  #addShingles(): void {
    const all = this.#shingles;
    if (all.length > this.limits.shinglesMax) all.sort((a, b) => a.shingle.hash - b.shingle.hash);
    let left = this.limits.shinglesMax;
    let last = -1;
    for (const { shingle, path } of all) {
      if (shingle.hash === last) continue;
      if (left-- <= 0) break;
      last = shingle.hash;
      this.#path = path;
      this.add('shingle', canonicalShingle(shingle));
    }
  }

  result(): ExtractedValues {
    this.#addShingles();
    const entries = this.#entries;
    if (entries.length === 0 && !this.truncated) return NOTHING;
    entries.sort((a, b) => a.rank - b.rank);
    const values = entries
      .slice(0, this.limits.valuesMax)
      .map(({ kind, canonical, path, domain }) =>
        domain === undefined ? { kind, canonical, path } : { kind, canonical, path, domain },
      );
    return { values, truncated: this.truncated || values.length < entries.length };
  }
}

/** Any JSON, or text. */
export function extractValues(
  value: unknown,
  limits: Partial<ExtractionLimits> = NO_LIMITS,
): ExtractedValues {
  const collector = new Collector(
    limits === NO_LIMITS ? EXTRACTION_LIMITS : { ...EXTRACTION_LIMITS, ...limits },
  );
  collector.walk(value, '', 0);
  return collector.result();
}
