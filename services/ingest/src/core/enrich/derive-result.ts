/** What is stored of a result: size, trust, values, passages, counts. Trust is the tool's. */
import type { AuditEvent, InputEvent } from '@waywarden/schemas';
import { readResult as readTextOf } from '../text-signals/read-result.ts';
import type { ResultTrust } from './call-facts.ts';
import type { DeriveContext } from './derive-context.ts';
import { isAmount, resultFeatures, soundFeatures, withClaimedRecords } from './features.ts';
import type { ChainKeys, StoredPassage, StoredResult, TenantKeys } from './readings.ts';
import type { Unmapped } from './unmapped.ts';
import { resultValues } from './values.ts';

type Result = NonNullable<AuditEvent['result']>;
type Given = NonNullable<InputEvent['result']>;
type Passage = NonNullable<Result['passages']>[number];

/** Too few words are known. */
export const UNREAD = 'unread_language';

function readResult(value: unknown, keys: TenantKeys): StoredResult {
  const reading = readTextOf(value);
  const found = resultValues(value, reading, keys);
  const { identifier } = keys;
  return {
    keys,
    isText: typeof value === 'string',
    words: reading.words,
    passages: reading.passages.map(({ kind, mark, effects, words, ids }) => ({
      ...{ kind, mark, words },
      actions: [...effects],
      ids: ids.map(identifier),
    })),
    values: found.values,
    freeTextIds: reading.freeTextIds.map(identifier),
    fieldIds: reading.fieldIds.map(identifier),
    truncated: found.truncated || reading.truncated,
    features: reading.isUnread
      ? { ...resultFeatures(value), [UNREAD]: true }
      : resultFeatures(value),
  };
}

function readingOf(value: unknown, text: string, context: DeriveContext): StoredResult {
  const { keys, memo } = context;
  const known = memo.results.get(text);
  const isText = typeof value === 'string';
  if (known !== undefined && known.keys === keys && known.isText === isText) return known;
  const made = readResult(value, keys);
  memo.results.set(text, made);
  return made;
}

export function passagesOf(
  { passages, words }: Pick<StoredResult, 'passages' | 'words'>,
  chain: ChainKeys,
): Passage[] {
  if (passages.length === 0) return [];
  const { token } = chain.hashers;
  const tokens = words.map((word) => token(word));
  return passages.map((passage) => passageOf(passage, tokens));
}

function passageOf(retained: StoredPassage, tokens: readonly string[]): Passage {
  const { kind, actions, mark, words, ids } = retained;
  const passage: Passage = { actions, mark, tokens: words.map((word) => tokens[word] ?? '') };
  if (kind !== 'imperative') passage.kind = kind;
  if (ids.length > 0) passage.ids = ids;
  return passage;
}

/** Spreading was a tenth of the time. */
function addClear(result: Result, value: unknown, context: DeriveContext, chain: ChainKeys): void {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const reading = readingOf(value, text, context);
  result.size ??= text.length;
  result.values ??= reading.values;
  result.passages ??= passagesOf(reading, chain);
  result.free_text_ids ??= reading.freeTextIds;
  result.field_ids ??= reading.fieldIds;
  result.values_truncated = reading.truncated;
  result.features ??= reading.features;
}

const TRUSTED_FIELDS = ['values', 'passages', 'free_text_ids', 'field_ids'] as const;

function fromSource(given: Given, trusted: boolean, unmapped: Unmapped): Result {
  const retained: Result = {};
  if (given.size !== undefined && isAmount(given.size)) retained.size = given.size;
  else unmapped.refuse('result.size', given.size);
  if (given.features !== undefined) {
    retained.features = soundFeatures(given.features, (name, value) =>
      unmapped.refuse(`result.features.${name}`, value),
    );
  }
  if (given.values_truncated !== undefined) retained.values_truncated = given.values_truncated;
  if (!trusted) {
    unmapped.refuse('result.trust', given.trust);
    for (const name of TRUSTED_FIELDS) {
      if (given[name] !== undefined) unmapped.mention(`result.${name}`, given[name]);
    }
    return retained;
  }
  if (given.values !== undefined) retained.values = given.values;
  if (given.passages !== undefined) retained.passages = given.passages;
  if (given.free_text_ids !== undefined) retained.free_text_ids = given.free_text_ids;
  if (given.field_ids !== undefined) retained.field_ids = given.field_ids;
  return retained;
}

export function deriveResult(
  given: Given | undefined,
  context: DeriveContext,
  parts: {
    readonly chain: ChainKeys;
    readonly trust: ResultTrust;
    readonly outcome: AuditEvent['outcome'];
    readonly unmapped: Unmapped;
  },
): Result | undefined {
  if (given === undefined) return undefined;
  const { outcome, unmapped, trust, chain } = parts;
  const result = fromSource(given, context.trustFields, unmapped);
  const { value } = given;
  if (value !== undefined && value !== null) {
    // Counted here, if we have the text.
    if (!context.trustFields) delete result.features;
    addClear(result, value, context, chain);
    if (!context.trustFields) {
      const features = withClaimedRecords(result.features, given.features);
      if (features !== undefined) result.features = features;
      unmapped.refuseOthers('result.features', given.features, features);
    }
  }
  result.is_error = given.is_error ?? (outcome === 'tool_error' || outcome === 'protocol_error');
  result.trust = context.trustFields && given.trust !== undefined ? given.trust : trust;
  return result;
}
