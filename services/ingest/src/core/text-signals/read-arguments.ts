/** What is stored of arguments, per leaf; deciding names first, then one of each. */
import { ITEMS_MAX, type ItemClass } from '@waywarden/schemas';
import { words } from '../lexicon/fold-word.ts';
import { LEXICON } from '../lexicon/lexicon.ts';
import { readText } from './read-request.ts';
import {
  ARGUMENT_DEPTH_MAX,
  ARGUMENT_NODES_MAX,
  ITEM_IDS_MAX,
  ITEM_TOKENS_MAX,
  nameWords,
  PATH_LENGTH_MAX,
} from './tokens.ts';
import { isIdentifier, matchWords } from './words.ts';

export interface ItemReading {
  readonly path: string;
  readonly class: ItemClass;
  readonly words: readonly string[];
  readonly ids: readonly string[];
  readonly idLike: boolean;
}

interface ArgumentsReading {
  readonly items: readonly ItemReading[];
  readonly truncated: boolean;
}

const ATOM_WORDS_MAX = 3;
const PHRASE_WORDS_MAX = 12;
const ID_KEYS = words(LEXICON.texts.id_keys);

interface Leaf {
  readonly path: string;
  readonly key: string;
  readonly value: string;
}

interface Leaves {
  readonly leaves: readonly Leaf[];
  readonly truncated: boolean;
}

/** Explicit stack: depth can't overflow. */
function leavesOf(root: unknown): Leaves {
  const leaves: Leaf[] = [];
  const stack = [{ value: root, path: '', key: '', depth: 0 }];
  let [nodes, isCut] = [0, false];
  while (stack.length > 0) {
    const node = stack.pop();
    if (node === undefined) break;
    if (++nodes > ARGUMENT_NODES_MAX) return { leaves, truncated: true };
    const { value, path, key, depth } = node;
    if (typeof value === 'string' || typeof value === 'number') {
      leaves.push({ path: path.slice(0, PATH_LENGTH_MAX), key, value: String(value) });
    } else if (typeof value === 'object' && value !== null) {
      if (depth >= ARGUMENT_DEPTH_MAX) isCut = true;
      else stack.push(...childrenOf(value, { path, key, depth }).reverse());
    }
  }
  return { leaves, truncated: isCut };
}

function childrenOf(value: object, at: { path: string; key: string; depth: number }) {
  const depth = at.depth + 1;
  if (Array.isArray(value)) {
    return value
      .slice(0, ARGUMENT_NODES_MAX + 1)
      .map((item: unknown) => ({ value: item, path: at.path, key: at.key, depth }));
  }
  const prefix = at.path === '' ? '' : `${at.path}.`;
  return Object.entries(value)
    .slice(0, ARGUMENT_NODES_MAX + 1)
    .map(([name, item]: [string, unknown]) => ({
      value: item,
      path: `${prefix}${name}`.slice(0, PATH_LENGTH_MAX),
      key: name,
      depth,
    }));
}

function isIdKey(key: string): boolean {
  return nameWords(key.slice(0, PATH_LENGTH_MAX)).some((part) => ID_KEYS.has(part));
}

function decisive(all: readonly Leaf[], isTarget: (key: string) => boolean): Leaves {
  if (all.length <= ITEMS_MAX) return { leaves: all, truncated: false };
  const seen = new Set<string>();
  const turns = new Map<string, number>();
  const ranked = all.flatMap((leaf, at) => {
    const same = `${leaf.path}\n${leaf.value}`;
    if (seen.has(same)) return [];
    seen.add(same);
    const turn = turns.get(leaf.path) ?? 0;
    turns.set(leaf.path, turn + 1);
    const rank = isTarget(leaf.key) ? 0 : isIdKey(leaf.key) ? 1 : 2;
    return [{ leaf, at, rank, turn }];
  });
  const retained = ranked.sort((a, b) => a.turn - b.turn || a.rank - b.rank || a.at - b.at);
  const chosen = retained.slice(0, ITEMS_MAX).sort((a, b) => a.at - b.at);
  return { leaves: chosen.map(({ leaf }) => leaf), truncated: retained.length > ITEMS_MAX };
}

function classOf(words: number): ItemClass {
  if (words <= ATOM_WORDS_MAX) return 'atom';
  return words <= PHRASE_WORDS_MAX ? 'phrase' : 'text';
}

function itemOf({ path, key, value }: Leaf): ItemReading {
  const tokens = readText(value).flatMap((sentence) => sentence.tokens);
  const itemClass = classOf(tokens.length);
  const ids = new Set(tokens.filter(isIdentifier).map(({ form }) => form));
  const words = new Set(tokens.flatMap(matchWords));
  return {
    path,
    class: itemClass,
    words: [...words].slice(0, ITEM_TOKENS_MAX),
    ids: [...ids].slice(0, ITEM_IDS_MAX),
    idLike: itemClass === 'atom' && (ids.size > 0 || isIdKey(key)),
  };
}

export function readArguments(
  value: unknown,
  isTarget: (key: string) => boolean = () => false,
): ArgumentsReading {
  const all = leavesOf(value);
  const { leaves, truncated } = decisive(all.leaves, isTarget);
  return { items: leaves.map(itemOf), truncated: truncated || all.truncated };
}
