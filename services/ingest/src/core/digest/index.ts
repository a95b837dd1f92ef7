/**
 * The ingest half of the instruction match: clear text in, words in canonical form, groups and
 * classes out. They hold no key and hash nothing, so that one reading of a text serves every chain;
 * what leaves ingest are hashes of these words, and no word itself.
 *
 * Where it goes on the wire (snake_case; † is an optional field added since 1.0):
 * - `digestRequest` → `task.purpose` {terms, tokens, values, delegates, sources†}
 * - `digestResult` → `result.passages[]` {actions, meta, tokens, kind†, ids†},
 *   `result.free_text_ids`†, `result.field_ids`†; `truncated` → `result.values_truncated`
 * - `digestArguments` → `args.items[]` {path, class, tokens, ids†, id_like†, secret†};
 *   `truncated` → `args.values_truncated`
 * - `digestTool` → `tool` {action†, object_tokens†}; `write` agrees with `effect` where ingest
 *   has nothing better.
 * On the wire `tokens` (here `words`), `sources` and `object_tokens` are `Hashers.token` of each word;
 * `values`, `ids`, `free_text_ids` and `field_ids` are `Hashers.identifier`.
 */
import { compileLexicon, type Lexicon } from './lexicon/compile.ts';
import { DUTCH } from './lexicon/dutch.ts';
import { ENGLISH } from './lexicon/english.ts';
import { FRENCH } from './lexicon/french.ts';
import { GERMAN } from './lexicon/german.ts';
import { ITALIAN } from './lexicon/italian.ts';
import { PORTUGUESE } from './lexicon/portuguese.ts';
import { RUSSIAN } from './lexicon/russian.ts';
import { SPANISH } from './lexicon/spanish.ts';

/** Every language we have; a text may mix them. */
export const DEFAULT_LEXICON: Lexicon = compileLexicon([
  ENGLISH,
  GERMAN,
  SPANISH,
  FRENCH,
  ITALIAN,
  PORTUGUESE,
  DUTCH,
  RUSSIAN,
]);

export { type ArgumentsDigest, digestArguments } from './digest-arguments.ts';
export { digestRequest, type PurposeDigest } from './digest-request.ts';
export { digestResult, type PassageDigest, type ResultDigest } from './digest-result.ts';
export { digestTool, type ToolDigest } from './digest-tool.ts';
export type { Lexicon } from './lexicon/compile.ts';
