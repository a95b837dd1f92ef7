/** Puts a change into a rules file and leaves everything else in it as people wrote it, comments too. */
import { readFileSync, realpathSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { type Document, parseDocument } from 'yaml';

type Path = readonly (string | number)[];
type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function amendList(
  document: Document,
  path: Path,
  before: readonly unknown[],
  after: readonly unknown[],
): void {
  const common = Math.min(before.length, after.length);
  const isShifted =
    before.length !== after.length &&
    !isDeepStrictEqual(before.slice(0, common), after.slice(0, common));
  if (isShifted) {
    document.setIn(path, document.createNode(after));
    return;
  }
  for (let at = 0; at < common; at++) amend(document, [...path, at], before[at], after[at]);
  for (const added of after.slice(common)) document.addIn(path, document.createNode(added));
  for (let at = before.length - 1; at >= common; at--) document.deleteIn([...path, at]);
}

function amend(document: Document, path: Path, before: unknown, after: unknown): void {
  if (isDeepStrictEqual(before, after)) return;
  if (after === undefined) {
    document.deleteIn(path);
  } else if (isFields(before) && isFields(after)) {
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
      amend(document, [...path, name], before[name], after[name]);
    }
  } else if (Array.isArray(before) && Array.isArray(after) && document.hasIn(path)) {
    amendList(document, path, before, after);
  } else {
    document.setIn(path, document.createNode(after));
  }
}

/** YAML or JSON text of `before`, as text of `after`. */
export function amendText(text: string, before: object, after: object): string {
  if (isDeepStrictEqual(before, after)) return text;
  const document = parseDocument(text);
  amend(document, [], before, after);
  return document.toString({ lineWidth: 0 });
}

/** Whole or not at all, with the file's own mode, behind a link too. Throws as the file system does. */
export function amendFile(path: string, before: object, after: object): void {
  const file = realpathSync(path);
  replaceFile(file, amendText(readFileSync(file, 'utf8'), before, after));
}

/** As `amendFile`, with another text altogether. */
export function replaceFile(path: string, text: string): void {
  const file = realpathSync(path);
  writeWhole(file, text, statSync(file).mode);
}

/** A crash leaves the old or the new file. */
export function writeWhole(file: string, text: string, mode: number): void {
  const fresh = `${file}.new`;
  writeFileSync(fresh, text, { mode });
  renameSync(fresh, file);
}
