/**
 * The text by which a result is read for what it tells its reader to do: a line for each field, so
 * that a field ends where it ends (JSON on one line reads as one sentence). A text that spells JSON
 * is read like the value. Keys stay, since whoever writes a key writes text too.
 */

const DEPTH_MAX = 32;
/** A printed line break: what the scan never takes for a folded line. */
const BREAK = '\\n';

function spelled(text: string): object | undefined {
  const first = text.charCodeAt(0);
  // `{` or `[`: else a text can't spell a structure.
  if (first !== 123 && first !== 91) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function addLines(value: unknown, lead: string, depth: number, lines: string[]): void {
  const structure = typeof value === 'string' ? spelled(value) : value;
  if (typeof structure !== 'object' || structure === null) {
    lines.push(`${lead}${String(value)}`);
    return;
  }
  if (depth >= DEPTH_MAX) {
    lines.push(`${lead}${JSON.stringify(structure)}`);
    return;
  }
  if (lead !== '' && lead !== '- ') lines.push(lead);
  if (Array.isArray(structure)) {
    for (const one of structure) addLines(one, '- ', depth + 1, lines);
    return;
  }
  for (const [key, one] of Object.entries(structure)) addLines(one, `${key}: `, depth + 1, lines);
}

/** The value as text to be read; a plain text is itself. */
export function resultText(value: unknown): string {
  if (typeof value === 'string' && spelled(value) === undefined) return value;
  const lines: string[] = [];
  addLines(value, '', 0, lines);
  return lines.join(BREAK);
}
