/** Readings cached by text: ten times cheaper. In memory only, words unhashed. */
import type { AuditEvent } from '@waywarden/schemas';
import { BoundedMap } from '../domain/bounded-map.ts';
import type { ItemReading } from '../text-signals/read-arguments.ts';
import type { RequestReading } from '../text-signals/read-request.ts';
import type { PassageReading } from '../text-signals/read-result.ts';

/** Functions: the core can't leak keys. */
interface Hashers {
  readonly token: (word: string) => string;
  readonly identifier: (value: string) => string;
}

/** Part of what is hashed. */
export type HashDomain = 'chain' | 'args' | 'request' | 'tool-definition';

export interface ChainKeys {
  readonly id: string;
  readonly hashers: Hashers;
}

export interface TenantKeys {
  readonly keyId: string;
  /** HMAC-SHA-256, base64url. */
  readonly hash: (domain: HashDomain, text: string) => string;
  readonly identifier: Hashers['identifier'];
  /** As the schemas define. */
  readonly fingerprint: (kind: string, canonical: string) => string;
  readonly chain: (rootKey: string) => ChainKeys;
}

type Args = NonNullable<AuditEvent['args']>;
type Result = NonNullable<AuditEvent['result']>;

export interface StoredPassage {
  readonly kind: PassageReading['kind'];
  readonly mark: number;
  readonly actions: NonNullable<Result['passages']>[number]['actions'];
  readonly words: readonly number[];
  readonly ids: string[];
}

export interface StoredResult {
  readonly keys: TenantKeys;
  readonly isText: boolean;
  readonly words: readonly string[];
  readonly passages: readonly StoredPassage[];
  readonly values: NonNullable<Result['values']>;
  readonly freeTextIds: string[];
  readonly fieldIds: string[];
  readonly truncated: boolean;
  readonly features: NonNullable<Result['features']>;
}

export interface StoredArgs {
  readonly keys: TenantKeys;
  readonly hash: string;
  readonly shape: string[];
  readonly size: number;
  readonly values: NonNullable<Args['values']>;
  readonly items: readonly ItemReading[];
  readonly truncated: boolean;
  /** Items, and not only values, were left out. */
  readonly isCut: boolean;
}

export interface RequestSignals {
  readonly keys: TenantKeys;
  readonly reading: RequestReading;
  readonly values: string[];
  readonly textHash: string;
}

export interface StoredParty {
  readonly keys: TenantKeys;
  readonly fingerprint: string;
}

const READINGS_BYTES_MAX = 8 * 1024 * 1024;

/** Measured on AgentDojo. */
function weightOfResult(text: string, { words, passages, values }: StoredResult): number {
  return 512 + 2 * text.length + 48 * words.length + 768 * passages.length + 128 * values.length;
}

function weightOfArgs(text: string, { items, values }: StoredArgs): number {
  const words = items.reduce((sum, item) => sum + item.words.length + item.ids.length, 0);
  return 768 + 2 * text.length + 256 * items.length + 48 * words + 128 * values.length;
}

export interface Readings {
  readonly results: BoundedMap<StoredResult>;
  readonly args: BoundedMap<StoredArgs>;
}

export function newReadings(): Readings {
  return {
    results: new BoundedMap(READINGS_BYTES_MAX, weightOfResult),
    args: new BoundedMap(READINGS_BYTES_MAX, weightOfArgs),
  };
}
