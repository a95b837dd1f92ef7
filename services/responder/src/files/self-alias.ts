/** Aliases inside what they name (`&a {x: *a}`) are refused: walkers would find no end. */
import { type Document, isNode, type LineCounter, type Node, visit } from 'yaml';

const SELF_ALIASES_CLAIMED_MAX = 20;

export interface SelfAlias {
  readonly name: string;
  readonly line: number;
  readonly column: number;
  readonly namedLine: number;
}

export function selfAliases(document: Document, lines: LineCounter): readonly SelfAlias[] {
  const named = new Map<string, Node>();
  const found: SelfAlias[] = [];
  visit(document, {
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
