/** Name patterns: `*`, any case, no `-`, `_`, space. No backtracking. */
import { comparable } from '@waywarden/schemas';

export interface ToolPattern {
  readonly parts: readonly string[];
  /** More wins. */
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

/** Sound and complete for patterns. */
export function covers(wide: ToolPattern, narrow: ToolPattern): boolean {
  return matchesPattern(wide, narrow.parts.join('*'));
}
