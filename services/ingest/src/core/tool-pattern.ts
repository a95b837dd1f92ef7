/**
 * Patterns over tool and server names: `*` stands for any run of characters, everything else for
 * itself, without regard to case and to `-`, `_` and space. Compiled to anchored parts and not to a
 * regular expression, so that an operator's pattern can't backtrack.
 */
import { comparable } from '@waywarden/schemas';

export interface ToolPattern {
  readonly parts: readonly string[];
  /** How many characters are fixed: of two patterns that match, the one that says more wins. */
  readonly fixed: number;
  readonly exact: boolean;
}

export function compilePattern(text: string): ToolPattern {
  const parts = comparable(text).split('*');
  return {
    parts,
    fixed: parts.reduce((sum, part) => sum + part.length, 0),
    exact: parts.length === 1,
  };
}

/** `name` must be `comparable`. */
export function matchesPattern(pattern: ToolPattern, name: string): boolean {
  const { parts, exact } = pattern;
  const first = parts[0] ?? '';
  if (exact) return name === first;
  const last = parts[parts.length - 1] ?? '';
  if (name.length < pattern.fixed || !name.startsWith(first) || !name.endsWith(last)) return false;
  const end = name.length - last.length;
  let at = first.length;
  for (let i = 1; i < parts.length - 1; i++) {
    const part = parts[i] ?? '';
    const found = name.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return at <= end;
}

/**
 * Whether every name that `narrow` matches is matched by `wide` too. `*` of the narrow one is read
 * as a character of its own, which only a `*` of the wide one can take: sound (it never says yes
 * wrongly) and complete for patterns, whose alphabet is larger than any text in them.
 */
export function covers(wide: ToolPattern, narrow: ToolPattern): boolean {
  return matchesPattern(wide, narrow.parts.join('*'));
}
