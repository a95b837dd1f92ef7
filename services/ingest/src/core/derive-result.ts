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
  return digest.passages.map((passage) => {
    const { actions, meta, tokens, kind, ids } = passage;
    const kept: NonNullable<Result['passages']>[number] = {
      actions: [...actions],
      meta: [...meta],
      tokens: [...tokens],
    };
    if (kind !== 'imperative') kept.kind = kind;
    if (ids.length > 0) kept.ids = [...ids];
    return kept;
  });
}

/** Fields are assigned one by one, not spread: this runs for every call and spreading was a tenth. */
function addClear(result: Result, value: unknown, context: DeriveContext, chain: ChainKeys): void {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const digest = digestResult(text, chain.hashers, DEFAULT_LEXICON);
  const found = resultValues(value, digest, { keys: context.keys, chain });
  // A source that cut the text still knows its true length.
  result.size ??= text.length;
  result.values ??= found.values;
  result.passages ??= passagesOf(digest);
  result.free_text_ids ??= [...digest.freeTextIds];
  result.field_ids ??= [...digest.fieldIds];
  result.values_truncated = found.truncated || digest.truncated;
  result.features ??= resultFeatures(value);
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
  const { outcome, unmapped, trust, chain } = parts;
  const result = fromSource(given, context.trustFields, unmapped);
  const { value } = given;
  if (value !== undefined && value !== null) {
    // What an untrusted source counted in a text that we have is counted here.
    if (!context.trustFields) delete result.features;
    addClear(result, value, context, chain);
  }
  result.is_error = given.is_error ?? (outcome === 'tool_error' || outcome === 'protocol_error');
  result.trust = context.trustFields && given.trust !== undefined ? given.trust : trust;
  return result;
}
