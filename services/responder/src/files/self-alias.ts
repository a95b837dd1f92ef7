/**
 * Aliases that stand inside what they name (`&a {x: *a}`). Such a file has no end, and whoever
 * walks it finds none, so it is refused where its text is read and not by each walker.
 */
import { type Document, isNode, type LineCounter, type Node, visit } from 'yaml';

/** Said of one file; more of them are the same mistake. */
const SELF_ALIASES_CLAIMED_MAX = 20;

export interface SelfAlias {
  readonly name: string;
  /** From 1: of the alias, and of what it names. */
  readonly line: number;
  readonly column: number;
  readonly namedLine: number;
}

export function selfAliases(document: Document, lines: LineCounter): readonly SelfAlias[] {
  const named = new Map<string, Node>();
  const found: SelfAlias[] = [];
  visit(document, {
    // An anchor may be given again, so which node a name means depends on the order of the text.
    Value: (_, node) => {
      if (isNode(node) && node.anchor !== undefined) named.set(node.anchor, node);
    },
    Alias: (_, alias, around) => {
      const target = named.get(alias.source);
      if (target === undefined || !around.includes(target)) return undefined;
      const { line, col } = lines.linePos(alias.range?.[0] ?? 0);
      const namedLine = lines.linePos(target.range?.[0] ?? 0).line;
      found.push({ name: alias.source, line, column: col, namedLine });
      return found.length < SELF_ALIASES_CLAIMED_MAX ? undefined : visit.BREAK;
    },
  });
  return found;
}
