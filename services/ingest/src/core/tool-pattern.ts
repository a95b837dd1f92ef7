/**
 * Patterns over tool and server names: `*` stands for any run of characters, everything else for
 * itself, without regard to case. Compiled to anchored parts and not to a regular expression, so
 * that an operator's pattern can't backtrack.
 */
export interface ToolPattern {
  readonly parts: readonly string[];
  /** How many characters are fixed: of two patterns that match, the one that says more wins. */
  readonly fixed: number;
  readonly exact: boolean;
}

export function compilePattern(text: string): ToolPattern {
  const parts = text.toLowerCase().split('*');
  return {
    parts,
    fixed: parts.reduce((sum, part) => sum + part.length, 0),
    exact: parts.length === 1,
  };
}

/** `name` must be in lower case. */
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
