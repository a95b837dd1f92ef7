/**
 * What a tool does, from its name and, where that says nothing, its description: the action group,
 * whether it changes anything, and the objects it acts on with a few synonyms, hashed like the words
 * of passages so that `send_email` meets "mail this to".
 */
import { ACTION_GROUPS, type ActionGroup } from '@waywarden/schemas';
import { canonicalWord, isSalient } from './canonical-word.ts';
import { type Lexicon, WORD, words } from './lexicon/compile.ts';
import { TOOL_OBJECTS_MAX } from './limits.ts';
import { scanText } from './scan-text.ts';

export interface ToolDigest {
  readonly action: ActionGroup | null;
  readonly write: boolean;
  readonly objects: readonly string[];
}

const NAME_LENGTH_MAX = 256;
const DESCRIPTION_LENGTH_MAX = 1_000;
/** A description's first words hold its verb ("Sends a message to …"). */
const DESCRIPTION_WORDS_MAX = 6;

function firstGroup(bits: number): ActionGroup | undefined {
  return ACTION_GROUPS.find((_, index) => (bits & (1 << index)) !== 0);
}

/** snake_case, kebab-case, dotted and camelCase names as words. */
function spacedName(name: string): string {
  return name
    .slice(0, NAME_LENGTH_MAX)
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[^A-Za-z0-9\u00c0-\uffff]+/g, ' ');
}

/** Other names of the object, as words in canonical form. */
function synonymsOf(object: string, lexicon: Lexicon): readonly string[] {
  const found: string[] = [];
  for (const language of lexicon.languages) {
    for (const list of language.synonyms) {
      const scan = scanText(list, lexicon);
      const set = words(list).map((_, index) => canonicalWord(scan, lexicon, index)[0] ?? '');
      if (set.includes(object)) found.push(...set);
    }
  }
  return found;
}

interface NameReading {
  readonly action: ActionGroup | undefined;
  readonly objects: readonly string[];
}

/** The first verb decides; "send_money" pays, since its noun says more than its verb. */
function readName(text: string, lexicon: Lexicon, wordsMax: number): NameReading {
  const scan = scanText(text, lexicon);
  const objects: string[] = [];
  let action: ActionGroup | undefined;
  const count = Math.min(scan.words, wordsMax);
  for (let i = 0; i < count; i++) {
    const slot = scan.slot[i] ?? -1;
    const kinds = slot < 0 ? 0 : (lexicon.kinds[slot] ?? 0);
    const verb = (kinds & (WORD.base | WORD.form | WORD.gerund)) !== 0;
    if (verb && action === undefined) {
      action = firstGroup(slot < 0 ? 0 : (lexicon.verbActions[slot] ?? 0));
      if (action !== undefined) continue;
    }
    if (!isSalient(scan, lexicon, i)) continue;
    objects.push(...canonicalWord(scan, lexicon, i));
    const noun = slot < 0 ? undefined : firstGroup(lexicon.nounActions[slot] ?? 0);
    if (noun === 'pay' && (action === 'send' || action === undefined)) action = 'pay';
  }
  return { action, objects };
}

/** Digests a tool's name and description. */
export function digestTool(
  tool: { readonly name: string; readonly description?: string },
  lexicon: Lexicon,
): ToolDigest {
  const name = readName(spacedName(tool.name), lexicon, NAME_LENGTH_MAX);
  const told =
    name.action === undefined && tool.description !== undefined
      ? readName(tool.description.slice(0, DESCRIPTION_LENGTH_MAX), lexicon, DESCRIPTION_WORDS_MAX)
      : undefined;
  const action = name.action ?? told?.action ?? null;
  const objects = new Set<string>(name.objects);
  for (const object of name.objects) {
    for (const synonym of synonymsOf(object, lexicon)) objects.add(synonym);
  }
  return {
    action,
    write: action !== null && action !== 'read',
    objects: [...objects].slice(0, TOOL_OBJECTS_MAX),
  };
}
