/**
 * What is kept of a result when its text is dropped: size, trust, linking values, instruction-shaped
 * passages, how many records. Trust is the catalogue's, since what outsiders can write into a result
 * is a property of the tool; a source's own word counts only when its token allows it.
 */
import type { AuditEvent, InputEvent } from '@waywarden/schemas';
import type { ResultTrust } from './call-facts.ts';
import type { DeriveContext } from './derive-context.ts';
import { DEFAULT_LEXICON, digestResult, type ResultDigest } from './digest/index.ts';
import { resultFeatures } from './features.ts';
import type { ChainKeys } from './tenant-keys.ts';
import type { Unmapped } from './unmapped.ts';
import { resultValues } from './values.ts';

type Result = NonNullable<AuditEvent['result']>;
type Given = NonNullable<InputEvent['result']>;

function passagesOf(digest: ResultDigest): NonNullable<Result['passages']> {
  return digest.passages.map((passage) => ({
    actions: [...passage.actions],
    meta: [...passage.meta],
    tokens: [...passage.tokens],
    ...(passage.kind !== 'imperative' && { kind: passage.kind }),
    ...(passage.ids.length > 0 && { ids: [...passage.ids] }),
  }));
}

function fromClear(value: unknown, context: DeriveContext, chain: ChainKeys): Result {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const digest = digestResult(text, chain.hashers, DEFAULT_LEXICON);
  const found = resultValues(value, digest, { keys: context.keys, chain });
  return {
    size: text.length,
    values: found.values,
    passages: passagesOf(digest),
    free_text_ids: [...digest.freeTextIds],
    field_ids: [...digest.fieldIds],
    values_truncated: found.truncated || digest.truncated,
    features: resultFeatures(value),
  };
}

/** Fields that only a trusted source may give; others keep a note of them. */
const TRUSTED_FIELDS = ['values', 'passages', 'free_text_ids', 'field_ids'] as const;

function fromSource(given: Given, trusted: boolean, unmapped: Unmapped): Result {
  const kept: Result = {};
  if (given.size !== undefined) kept.size = given.size;
  if (given.features !== undefined) kept.features = given.features;
  if (given.values_truncated !== undefined) kept.values_truncated = given.values_truncated;
  if (!trusted) {
    unmapped.refuse('result.trust', given.trust);
    for (const name of TRUSTED_FIELDS) {
      if (given[name] !== undefined) unmapped.mention(`result.${name}`, given[name]);
    }
    return kept;
  }
  if (given.values !== undefined) kept.values = given.values;
  if (given.passages !== undefined) kept.passages = given.passages;
  if (given.free_text_ids !== undefined) kept.free_text_ids = given.free_text_ids;
  if (given.field_ids !== undefined) kept.field_ids = given.field_ids;
  return kept;
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
  const own = fromSource(given, context.trustFields, parts.unmapped);
  const derived =
    given.value === undefined || given.value === null
      ? {}
      : fromClear(given.value, context, parts.chain);
  // A source that cut the text still knows its true length; all else follows from the clear value.
  const merged = context.trustFields ? { ...derived, ...own } : { ...own, ...derived };
  const size = own.size ?? derived.size;
  return {
    ...merged,
    ...(size !== undefined && { size }),
    is_error:
      given.is_error ?? (parts.outcome === 'tool_error' || parts.outcome === 'protocol_error'),
    trust: context.trustFields && given.trust !== undefined ? given.trust : parts.trust,
  };
}
