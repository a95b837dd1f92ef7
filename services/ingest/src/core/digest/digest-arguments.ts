/**
 * What is kept of a call's arguments: per leaf value its path, its length class, hashes of its words,
 * whether it is an id by its key or its shape, and whether a secret stands in running text.
 */
import type { ItemClass } from '@waywarden/schemas';
import { canonicalWord, identifierForm, isSalient } from './canonical-word.ts';
import { isAccount, isIdentifier, isSecret, isSetSecret } from './identifier.ts';
import type { Lexicon } from './lexicon/compile.ts';
import {
  ARGUMENT_DEPTH_MAX,
  ARGUMENT_NODES_MAX,
  ITEM_IDS_MAX,
  ITEM_TOKENS_MAX,
  ITEMS_MAX,
  PATH_LENGTH_MAX,
} from './limits.ts';
import { readableText } from './readable-text.ts';
import { scanText } from './scan-text.ts';

export interface ItemDigest {
  readonly path: string;
  readonly class: ItemClass;
  readonly words: readonly string[];
  readonly ids: readonly string[];
  readonly idLike: boolean;
  readonly secret: boolean;
}

export interface ArgumentsDigest {
  readonly items: readonly ItemDigest[];
  readonly truncated: boolean;
}

const ATOM_WORDS_MAX = 3;
const PHRASE_WORDS_MAX = 12;
/** Key words that name one thing or one party. */
const ID_KEYS = new Set(
  'id ids uid uuid email emails mail iban account recipient recipients payee url uri link file path filename user username to cc bcc phone number key password host domain address participants channel'.split(
    ' ',
  ),
);

interface Leaf {
  readonly path: string;
  readonly key: string;
  readonly value: string;
}

/** Leaves in document order, by an explicit stack so that depth can't overflow ours. */
function leavesOf(root: unknown): {
  readonly leaves: readonly Leaf[];
  readonly truncated: boolean;
} {
  const leaves: Leaf[] = [];
  const stack: { value: unknown; path: string; key: string; depth: number }[] = [
    { value: root, path: '', key: '', depth: 0 },
  ];
  let nodes = 0;
  while (stack.length > 0) {
    const node = stack.pop();
    if (node === undefined) break;
    if (++nodes > ARGUMENT_NODES_MAX || leaves.length >= ITEMS_MAX)
      return { leaves, truncated: true };
    const { value, path, key, depth } = node;
    if (typeof value === 'string' || typeof value === 'number') {
      leaves.push({ path: path.slice(0, PATH_LENGTH_MAX), key, value: String(value) });
    } else if (typeof value === 'object' && value !== null && depth < ARGUMENT_DEPTH_MAX) {
      const entries: readonly [string, unknown][] = Array.isArray(value)
        ? value.slice(0, ARGUMENT_NODES_MAX).map((item: unknown) => [key, item])
        : Object.entries(value).slice(0, ARGUMENT_NODES_MAX);
      const prefix = path === '' ? '' : `${path}.`;
      for (let i = entries.length - 1; i >= 0; i--) {
        const [name, item] = entries[i] ?? ['', undefined];
        const at = Array.isArray(value) ? path : `${prefix}${name}`;
        stack.push({
          value: item,
          path: at.slice(0, PATH_LENGTH_MAX),
          key: name,
          depth: depth + 1,
        });
      }
    }
  }
  return { leaves, truncated: false };
}

function isIdKey(key: string): boolean {
  const parts = key
    .slice(0, PATH_LENGTH_MAX)
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z]+/);
  return parts.some((part) => ID_KEYS.has(part));
}

function classOf(words: number): ItemClass {
  if (words <= ATOM_WORDS_MAX) return 'atom';
  return words <= PHRASE_WORDS_MAX ? 'phrase' : 'text';
}

function digestLeaf(leaf: Leaf, lexicon: Lexicon): ItemDigest {
  const scan = scanText(readableText(leaf.value), lexicon);
  const words = new Set<string>();
  const ids = new Set<string>();
  const itemClass = classOf(scan.words);
  let secret = false;
  for (let i = 0; i < scan.words; i++) {
    const isKnownSecret = isSecret(scan, lexicon, i);
    // What is paid to stands alone or is an account; a secret beside its name is one however short the text.
    const mayBePaid = isKnownSecret && (itemClass === 'atom' || isAccount(scan, i));
    if (isKnownSecret && (!mayBePaid || isSetSecret(scan, lexicon, i))) secret = true;
    const isId = isKnownSecret || isIdentifier(scan, i);
    if (isId && ids.size < ITEM_IDS_MAX) ids.add(identifierForm(scan, lexicon, i));
    if (words.size >= ITEM_TOKENS_MAX) continue;
    if (isSalient(scan, lexicon, i)) {
      for (const word of canonicalWord(scan, lexicon, i)) words.add(word);
    }
  }
  return {
    path: leaf.path,
    class: itemClass,
    words: [...words].slice(0, ITEM_TOKENS_MAX),
    ids: [...ids],
    idLike: itemClass === 'atom' && (ids.size > 0 || isIdKey(leaf.key)),
    secret,
  };
}

/** Digests the arguments of a call, a parsed JSON value. */
export function digestArguments(value: unknown, lexicon: Lexicon): ArgumentsDigest {
  const { leaves, truncated } = leavesOf(value);
  return { items: leaves.map((leaf) => digestLeaf(leaf, lexicon)), truncated };
}
